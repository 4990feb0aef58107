"""What the catalogue's two public pages show. Nothing here depends on who is looking.

The page models cannot import this (it reads them), so their templates ask for it: {% load catalogue %}.
"""

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from courses import queries
from courses.hooks import CatalogueParams, CourseFacts, describe_courses, filter_catalogue
from courses.models import CatalogueIndexPage, CompetencyGoal, CourseLevel, CoursePage, TeachingLanguage

PER_PAGE = 12
ANY = [("", _("Any"))]


class CatalogueForm(forms.Form):
    """The filters, all by GET and all optional. What cannot be understood is said, and not used."""

    q = forms.CharField(label=_("What do you want to learn?"), required=False, max_length=100)
    level = forms.ChoiceField(label=_("Level"), required=False, choices=[*ANY, *CourseLevel.choices])
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[*ANY, *TeachingLanguage.choices]
    )
    where = forms.ChoiceField(
        label=_("Where"),
        required=False,
        choices=[
            *ANY,
            ("online", _("Online, with a class")),
            ("presence", _("In a place")),
            ("own_time", _("Online, on your own time")),
        ],
    )
    starts_from = forms.DateField(
        label=_("Starts from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    starts_to = forms.DateField(
        label=_("Starts by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    free_places = forms.BooleanField(label=_("Only with free places"), required=False)

    def asked(self) -> dict[str, Any]:
        """What was understood and is not empty."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None, False)}


@dataclass(frozen=True)
class Card:
    """One course in the list, with its editions."""

    course: CoursePage
    facts: CourseFacts


@dataclass(frozen=True)
class Found:
    """One page of the list."""

    form: CatalogueForm
    page: ListPage
    cards: tuple[Card, ...]
    narrowed: bool
    filters_open: bool


def browse(index: CatalogueIndexPage, data: QueryDict) -> Found:
    """The courses that fit what was asked, a page of them; about seven queries whatever their number."""
    form = CatalogueForm(data)
    asked = form.asked()
    courses = queries.live_courses().child_of(index).select_related("image").order_by("path")
    for name in ("level", "language"):
        if name in asked:
            courses = courses.filter(**{name: asked[name]})
    params = CatalogueParams(
        **{
            name: asked[name]
            for name in ("where", "starts_from", "starts_to", "free_places")
            if name in asked
        }
    )
    courses = filter_catalogue(courses, params)
    if "q" in asked:
        courses = _with_words(courses, asked["q"])
    page = Paginator(courses, PER_PAGE).get_page(data.get("page"))
    facts = describe_courses(page.object_list)
    return Found(
        form=form,
        page=page,
        cards=tuple(Card(course, facts[course.pk]) for course in page.object_list),
        narrowed=bool(asked),
        filters_open=bool(set(asked) - {"q"} or form.errors),
    )


def _with_words(courses: QuerySet[CoursePage], words: str) -> QuerySet[CoursePage]:
    """Courses that the search index finds, and those whose title, summary or code hold every word.

    The index is filled by the worker: a course published a moment ago is found all the same.
    """
    literal = Q()
    for word in words.split():
        literal &= Q(title__icontains=word) | Q(summary__icontains=word) | Q(code__iexact=word)
    indexed = [course.pk for course in CoursePage.objects.live().search(words)[:200]]
    return courses.filter(Q(pk__in=indexed) | literal)


@dataclass(frozen=True)
class CourseView:
    """One course as everybody may see it: never a lesson's title, a name or an address behind enrolment."""

    course: CoursePage
    facts: CourseFacts
    outline: queries.Outline
    goals: tuple[CompetencyGoal, ...]

    @cached_property
    def modules(self) -> list[dict[str, Any]]:
        return [
            {
                "title": module.title,
                "summary": module.summary,
                "minutes": module.nominal_minutes,
                "lessons": sum(activity.kind == "lesson" for activity in module.activities),
                "quizzes": sum(activity.kind == "quiz" for activity in module.activities),
            }
            for module in self.outline.modules
        ]


def view_of(course: CoursePage) -> CourseView:
    """About five queries: outline, goals, editions."""
    return CourseView(
        course=course,
        facts=describe_courses([course])[course.pk],
        outline=queries.outline(course),
        goals=tuple(course.goals.select_related("competency__framework", "level")) if course.pk else (),
    )


MODES = {"online": "online", "presence": "onsite", "mixed": "blended", "own_time": "online"}


def structured_data(view: CourseView, request: HttpRequest, provider: str) -> str:
    """schema.org Course as JSON that is safe inside a <script>."""
    course = view.course
    workload = f"PT{course.hours_total.normalize():f}H" if course.hours_total else ""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Course",
        "name": course.title,
        "description": course.summary,
        "url": request.build_absolute_uri(course.url),
        "inLanguage": course.language,
        "educationalLevel": str(course.get_level_display()),
        "provider": {"@type": "Organization", "name": provider, "sameAs": request.build_absolute_uri("/")},
    }
    optional = {
        "courseCode": course.code,
        "teaches": course.outcome_lines,
        "coursePrerequisites": course.prerequisites,
        "timeRequired": workload,
        "image": request.build_absolute_uri(card_url(course)) if course.image_id else "",
        "educationalAlignment": [
            {
                "@type": "AlignmentObject",
                "alignmentType": "teaches",
                "educationalFramework": str(goal.competency.framework),
                "targetName": goal.competency.title,
            }
            for goal in view.goals
        ],
        "hasCourseInstance": [
            {
                "@type": "CourseInstance",
                "courseMode": MODES.get(edition.mode, "online"),
                "startDate": edition.starts_on.isoformat(),
                "endDate": edition.ends_on.isoformat(),
                "courseWorkload": workload,
            }
            | ({"location": edition.place} if edition.place else {})
            for edition in view.facts.editions
        ],
    }
    text = json.dumps(data | {name: value for name, value in optional.items() if value}, ensure_ascii=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def card_url(course: CoursePage, size: str = "card") -> str:
    """The public address of a course's picture, at one of the sizes of courses.files.CARD_SIZES."""
    return reverse("courses:image", args=[course.image.uuid, size])
