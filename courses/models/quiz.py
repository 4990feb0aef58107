"""The quiz page and its questions."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, TitleFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, TranslatableMixin
from wagtail.search import index

from courses.blocks import AnswerList

from .activity import ActivityMixin


class QuizPage(ActivityMixin, Page):
    """One quiz: its questions are children of the page."""

    kind = "quiz"
    minimum_minutes = 0

    nominal_minutes = models.PositiveIntegerField(
        _("nominal minutes"),
        validators=[MinValueValidator(1)],
        default=10,
        help_text=_("How long a person takes who reads slowly. Example: 10"),
    )
    intro = models.TextField(
        _("introduction"),
        blank=True,
        max_length=600,
        help_text=_("Example: «Five questions. You can try again.»"),
    )
    pass_percent = models.PositiveSmallIntegerField(
        _("pass mark (%)"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Example: 60"),
    )
    attempts_allowed = models.PositiveSmallIntegerField(
        _("attempts allowed"), default=0, help_text=_("0 means as many as one likes.")
    )

    parent_page_types = ["courses.ModulePage"]
    subpage_types: list[str] = []
    content_panels = [
        TitleFieldPanel("title", help_text=_("Example: «How much do you know about your phone?»")),
        FieldPanel("intro"),
        FieldRowPanel(
            [FieldPanel("nominal_minutes"), FieldPanel("pass_percent"), FieldPanel("attempts_allowed")]
        ),
        InlinePanel("questions", heading=_("Questions"), label=_("Question")),
    ]
    search_fields = [*Page.search_fields, index.SearchField("intro")]

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")

    def get_preview_context(self, request, mode_name):
        return {**super().get_preview_context(request, mode_name), "quiz": self.snapshot()}

    def snapshot(self) -> dict[str, Any]:
        """The quiz as asked, in plain JSON types: what an attempt freezes and `courses.marking` marks."""
        return {
            "quiz_key": str(self.translation_key),
            "revision_id": self.live_revision_id,
            "title": self.title,
            "intro": self.intro,
            "pass_percent": self.pass_percent,
            "attempts_allowed": self.attempts_allowed,
            "questions": [question.snapshot() for question in self.questions.all()],
        }

    def clean(self) -> None:
        super().clean()
        for number, question in enumerate(self.questions.all(), start=1):
            try:
                question.clean()
            except ValidationError as error:
                raise ValidationError(
                    _("Question %(number)s: %(problem)s"),
                    code="quiz.question",
                    params={"number": number, "problem": " ".join(error.messages)},
                ) from error


class QuestionKind(models.TextChoices):
    ONE = "one", _("One right answer")
    SEVERAL = "several", _("Several right answers")
    TRUE_FALSE = "true_false", _("True or false")
    SHORT_TEXT = "short_text", _("Short text")


class Question(TranslatableMixin, ClusterableModel, Orderable):
    """One question of one quiz. Its lasting identity is `translation_key`: kept over revisions and
    translation, renewed on copy. The key of an answer is its block id, unique within the question."""

    page = ParentalKey(QuizPage, on_delete=models.CASCADE, related_name="questions")
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=QuestionKind.choices,
        default=QuestionKind.ONE,
        help_text=_("Several right answers: each wrong choice takes away as much as a right one gives."),
    )
    text = models.TextField(
        _("question"), max_length=600, help_text=_("Example: «What do you press to send an e-mail?»")
    )
    marks = models.DecimalField(
        _("marks"), max_digits=4, decimal_places=1, default=1, validators=[MinValueValidator(0.1)]
    )
    answers = StreamField(
        AnswerList(),
        verbose_name=_("answers"),
        help_text=_(
            "Tick the right ones. True or false: write the two answers, tick one. "
            "Short text: write every spelling that you accept, one for each answer."
        ),
    )
    feedback = models.TextField(
        _("explanation"),
        blank=True,
        max_length=600,
        help_text=_(
            "Shown after the quiz, whatever the answer. Example: «Send is the button with the arrow.»"
        ),
    )

    panels = [
        FieldRowPanel([FieldPanel("kind"), FieldPanel("marks")]),
        FieldPanel("text"),
        FieldPanel("answers"),
        FieldPanel("feedback"),
        InlinePanel("competencies", heading=_("What it shows"), label=_("Competency")),
    ]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return self.text[:80]

    def save(self, *args, **kwargs) -> None:
        if self.locale_id is None:
            self.locale_id = self.page.locale_id
        super().save(*args, **kwargs)

    def snapshot(self) -> dict[str, Any]:
        return {
            "key": str(self.translation_key),
            "kind": self.kind,
            "text": self.text,
            "marks": f"{Decimal(str(self.marks)).normalize():f}",
            "feedback": self.feedback,
            "answers": [
                {
                    "key": block.id,
                    "text": block.value["text"],
                    "correct": bool(block.value["correct"]),
                    "feedback": block.value["feedback"] or "",
                }
                for block in self.answers
            ],
        }

    def clean(self) -> None:
        super().clean()
        answers = [block.value for block in self.answers or ()]
        right = sum(bool(answer["correct"]) for answer in answers)
        if problem := _problem(self.kind, len(answers), right):
            raise ValidationError({"answers": ValidationError(problem, code="question.answers")})


def _problem(kind: str, answers: int, right: int):
    """Why no one could answer this question rightly, in a sentence for its author; None if one can."""
    match kind:
        case QuestionKind.SHORT_TEXT if not answers:
            return _("Write at least one spelling that you accept.")
        case QuestionKind.SHORT_TEXT:
            return None
        case QuestionKind.TRUE_FALSE if answers != 2 or right != 1:
            return _("True or false has exactly two answers: write both and tick the right one.")
        case _ if answers < 2:
            return _("Write at least two answers.")
        case _ if not right:
            return _("No answer is marked as right: tick the right one.")
        case QuestionKind.ONE if right > 1:
            return _("Only one answer can be right here: leave one tick, or choose «several right answers».")
    return None
