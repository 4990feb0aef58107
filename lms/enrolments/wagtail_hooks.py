"""What the catalogue asks of editions (courses/hooks.py says what and why)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks

from courses.hooks import CatalogueParams, CourseFacts, EditionFact

from . import queries
from .queries import EditionFacts


@hooks.register("filter_catalogue")
def with_such_editions(courses: QuerySet, params: CatalogueParams) -> QuerySet:
    """Courses with an edition, not over, that is as the visitor wants it: one condition, no query of its own."""
    if not params.about_editions:
        return courses
    found = queries.editions_like(
        where=params.where,
        starts_from=params.starts_from,
        starts_to=params.starts_to,
        free_places=params.free_places,
        today=timezone.localdate(),
    )
    return courses.filter(pk__in=found.values("course"))


@hooks.register("describe_courses")
def editions_of(pages: Sequence[Any]) -> dict[int, CourseFacts]:
    """The editions of a whole page of courses: two queries, however many."""
    found = queries.facts_for_courses([page.pk for page in pages], at=timezone.now())
    return {pk: CourseFacts(tuple(map(_fact, editions))) for pk, editions in found.items()}


def _fact(facts: EditionFacts) -> EditionFact:
    edition = facts.edition
    return EditionFact(
        code=edition.code,
        title=edition.title,
        mode=edition.mode,
        mode_label=edition.get_mode_display(),
        place=edition.place,
        starts_on=edition.starts_on,
        ends_on=edition.ends_on,
        capacity=edition.capacity,
        free=facts.free,
        apply_url=reverse("enrolments:apply", args=[edition.code]) if edition.applications_open else "",
    )
