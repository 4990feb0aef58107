"""What a module teaches and what a question shows, in the words of a framework.

They are children of the page, so that a draft, its review and its revisions carry them, and a copy takes them along.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable

from .pages import ModulePage
from .quiz import Question


class Mapped(Orderable):
    """One competency, and the level, of what it belongs to."""

    competency = models.ForeignKey(
        "frameworks.Competency", verbose_name=_("competency"), on_delete=models.PROTECT, related_name="+"
    )
    level = models.ForeignKey(
        "frameworks.Level",
        verbose_name=_("level"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    panels = [FieldRowPanel([FieldPanel("competency"), FieldPanel("level")])]

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.competency} {self.level or ''}".strip()

    def clean(self) -> None:
        super().clean()
        if self.level_id and self.competency_id and self.level.framework_id != self.competency.framework_id:
            raise ValidationError(
                {"level": ValidationError(_("This level belongs to another framework."), code="mapped.level")}
            )


class ModuleCompetency(Mapped):
    """One row per competency that one module teaches."""

    page = ParentalKey(ModulePage, on_delete=models.CASCADE, related_name="competencies")

    class Meta(Mapped.Meta):
        verbose_name = _("competency of a module")
        verbose_name_plural = _("competencies of modules")


class QuestionCompetency(Mapped):
    """One row per competency that the right answer to one question shows."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="competencies")

    class Meta(Mapped.Meta):
        verbose_name = _("competency of a question")
        verbose_name_plural = _("competencies of questions")
