"""The course tree: catalogue index › course › module › lesson (the quiz is in quiz.py)."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    TitleFieldPanel,
)
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from cms.models.pages import SitePage
from courses.blocks import LessonBody

from .activity import ActivityMixin, InsideCourse


class CatalogueIndexPage(SitePage, Page):
    """The catalogue: the one parent of all courses."""

    intro = RichTextField(
        _("introduction"),
        blank=True,
        features=["bold", "italic", "link", "ul"],
        help_text=_("Two sentences over the search form. Example: «All our courses are free.»"),
    )

    parent_page_types = ["cms.HomePage"]
    subpage_types = ["courses.CoursePage"]
    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("intro")]
    template = "courses/catalogue.html"

    class Meta:
        verbose_name = _("catalogue")


class CourseLevel(models.TextChoices):
    BASE = "base", _("Base")
    INTERMEDIATE = "intermediate", _("Intermediate")
    ADVANCED = "advanced", _("Advanced")


class TeachingLanguage(models.TextChoices):
    ITALIAN = "it", _("Italian")
    ENGLISH = "en", _("English")
    FRENCH = "fr", _("French")
    ALBANIAN = "sq", _("Albanian")
    UKRAINIAN = "uk", _("Ukrainian")
    ARABIC = "ar", _("Arabic")


def _hours(label, help_text) -> models.DecimalField:
    return models.DecimalField(
        label,
        max_digits=5,
        decimal_places=1,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(2000)],
        help_text=help_text,
    )


class CoursePage(SitePage, Page):
    """One course as it is taught, whoever follows it. People and dates belong to its editions.

    `code` is unique among courses, but not among translations of one course, so the rule stands in clean()
    and not in the database; a copy starts without one.
    """

    code = models.SlugField(
        _("course code"),
        max_length=40,
        blank=True,
        help_text=_("Short, for people and registers. Example: DIGI-BASE"),
    )
    summary = models.TextField(
        _("summary"),
        max_length=600,
        help_text=_(
            "Two or three short sentences. Example: «You learn to use the phone, e-mail and the web.»"
        ),
    )
    learning_outcomes = models.TextField(
        _("what you will learn"),
        blank=True,
        max_length=1500,
        help_text=_("One thing on each line, beginning with a verb. Example: «Write and send an e-mail»"),
    )
    audience = models.TextField(
        _("who it is for"), blank=True, max_length=400, help_text=_("Example: «For who is looking for work.»")
    )
    prerequisites = models.TextField(
        _("what you need before"),
        blank=True,
        max_length=400,
        help_text=_("Example: «A phone with internet. No experience.»"),
    )
    level = models.CharField(_("level"), max_length=20, choices=CourseLevel.choices, default=CourseLevel.BASE)
    language = models.CharField(
        _("language of teaching"),
        max_length=8,
        choices=TeachingLanguage.choices,
        default=TeachingLanguage.ITALIAN,
    )
    hours_live = _hours(_("live hours online"), _("Hours of class in the virtual room. Example: 20"))
    hours_presence = _hours(_("hours in presence"), _("Hours of class in a place. Example: 8"))
    hours_own_time = _hours(
        _("hours on one's own time"), _("Lessons and quizzes, each when they can. Example: 12")
    )
    image = models.ForeignKey(
        "courses.CourseImage",
        verbose_name=_("image"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Everybody sees it in the catalogue: no faces without a written permission."),
    )

    parent_page_types = ["courses.CatalogueIndexPage"]
    subpage_types = ["courses.ModulePage"]
    exclude_fields_in_copy = ["code"]
    template = "courses/course.html"

    content_panels = [
        TitleFieldPanel("title", help_text=_("Short, as one says it. Example: «Basic digital skills»")),
        FieldPanel("summary"),
        FieldPanel("learning_outcomes"),
        FieldPanel("image"),
        FieldRowPanel([FieldPanel("level"), FieldPanel("language"), FieldPanel("code")]),
        FieldRowPanel(
            [FieldPanel("hours_live"), FieldPanel("hours_presence"), FieldPanel("hours_own_time")],
            heading=_("Hours"),
        ),
        MultiFieldPanel(
            [FieldPanel("audience"), FieldPanel("prerequisites")], heading=_("Who can take part")
        ),
        InlinePanel("goals", heading=_("Competencies aimed at"), label=_("Competency aimed at")),
        HelpPanel(
            content=_("Next: save, then add the modules (unità formative) under this course."),
            heading=_("Next step"),
        ),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary", boost=2),
        index.SearchField("learning_outcomes"),
        index.SearchField("audience"),
        index.SearchField("code"),
        index.FilterField("level"),
        index.FilterField("language"),
    ]

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    @property
    def hours_total(self) -> Decimal:
        return Decimal(self.hours_live) + Decimal(self.hours_presence) + Decimal(self.hours_own_time)

    @property
    def outcome_lines(self) -> list[str]:
        return [line.strip(" \t-•") for line in self.learning_outcomes.splitlines() if line.strip(" \t-•")]

    def clean(self) -> None:
        super().clean()
        if self.code and (
            CoursePage.objects.filter(code__iexact=self.code)
            .exclude(translation_key=self.translation_key)
            .exists()
        ):
            raise ValidationError(
                {
                    "code": ValidationError(
                        _("Another course already has this code."), code="course.code_taken"
                    )
                }
            )


class CompetencyGoal(Orderable):
    """One competency that one course aims at, and the level to reach."""

    page = ParentalKey(CoursePage, on_delete=models.CASCADE, related_name="goals")
    competency = models.ForeignKey(
        "frameworks.Competency", verbose_name=_("competency"), on_delete=models.PROTECT, related_name="+"
    )
    level = models.ForeignKey(
        "frameworks.Level",
        verbose_name=_("level to reach"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    needs_hours = models.BooleanField(
        _("asks for the hours"),
        default=True,
        help_text=_("The share of hours that the edition's policy asks for."),
    )
    questions_percent = models.PositiveSmallIntegerField(
        _("share of its questions (%)"),
        default=60,
        validators=[MaxValueValidator(100)],
        help_text=_(
            "Of the marks of the questions mapped to it. 0 means that questions are not asked for. "
            "While no question is mapped, every quiz of the course has to be passed."
        ),
    )
    needs_observation = models.BooleanField(
        _("asks for an observation"),
        default=False,
        help_text=_("A trainer must have seen the person do it, and write what."),
    )

    panels = [
        FieldRowPanel([FieldPanel("competency"), FieldPanel("level")]),
        FieldRowPanel(
            [FieldPanel("needs_hours"), FieldPanel("questions_percent"), FieldPanel("needs_observation")]
        ),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("competency goal")
        verbose_name_plural = _("competency goals")

    def __str__(self) -> str:
        return f"{self.competency} {self.level or ''}".strip()

    def clean(self) -> None:
        super().clean()
        if self.level_id and self.competency_id and self.level.framework_id != self.competency.framework_id:
            raise ValidationError(
                {"level": ValidationError(_("This level belongs to another framework."), code="goal.level")}
            )


class ModulePage(InsideCourse, Page):
    """One unità formativa of a course, with its nominal minutes. It has no public address."""

    kind = "module"

    nominal_minutes = models.PositiveIntegerField(
        _("nominal minutes"),
        validators=[MinValueValidator(1)],
        default=60,
        help_text=_("All of the module together, classes included. Example: 240"),
    )
    summary = models.TextField(
        _("summary"),
        max_length=400,
        blank=True,
        help_text=_("Shown in the catalogue. Example: «How to turn on the phone and connect.»"),
    )

    parent_page_types = ["courses.CoursePage"]
    subpage_types = ["courses.LessonPage", "courses.QuizPage"]
    content_panels = [
        TitleFieldPanel("title", help_text=_("What it is about. Example: «The phone and internet»")),
        FieldPanel("nominal_minutes"),
        FieldPanel("summary"),
        InlinePanel("competencies", heading=_("What it teaches"), label=_("Competency")),
        HelpPanel(
            content=_("Next: save, then add lessons and quizzes under this module."), heading=_("Next step")
        ),
    ]

    class Meta:
        verbose_name = _("module (unità formativa)")
        verbose_name_plural = _("modules (unità formative)")


class LessonPage(ActivityMixin, Page):
    """One lesson: short blocks, read from top to bottom."""

    kind = "lesson"

    goal = models.CharField(
        _("after this lesson"),
        max_length=200,
        blank=True,
        help_text=_(
            "One sentence over the lesson. Example: «After this lesson you can send a photo by e-mail.»"
        ),
    )
    nominal_minutes = models.PositiveIntegerField(
        _("nominal minutes"),
        validators=[MinValueValidator(1)],
        default=10,
        help_text=_("How long a person takes who reads slowly. Never more counts as study time. Example: 15"),
    )
    minimum_minutes = models.PositiveIntegerField(
        _("minimum minutes before «Ho finito»"),
        default=0,
        help_text=_("Before this time the lesson cannot be ended. 0 means no limit. Example: 3"),
    )
    body = StreamField(
        LessonBody(),
        verbose_name=_("body"),
        blank=True,
        help_text=_(
            "Short blocks, one thought each. Press + to add a block; the preview shows it as on a phone."
        ),
    )

    parent_page_types = ["courses.ModulePage"]
    subpage_types: list[str] = []
    content_panels = [
        TitleFieldPanel(
            "title", help_text=_("What one learns, in few words. Example: «Sending a photo by e-mail»")
        ),
        FieldPanel("goal"),
        FieldRowPanel([FieldPanel("nominal_minutes"), FieldPanel("minimum_minutes")]),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("goal"), index.SearchField("body")]

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def clean(self) -> None:
        super().clean()
        if self.minimum_minutes and self.nominal_minutes and self.minimum_minutes > self.nominal_minutes:
            raise ValidationError(
                {
                    "minimum_minutes": ValidationError(
                        _("The minimum cannot be longer than the nominal minutes (%(nominal)s)."),
                        code="lesson.minimum",
                        params={"nominal": self.nominal_minutes},
                    )
                }
            )
