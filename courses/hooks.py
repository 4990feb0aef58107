"""Two questions that the catalogue asks of whoever knows about editions (lms), through Wagtail hooks.

`courses` cannot import `lms`, so lms.enrolments registers the answers in its wagtail_hooks.py:

    @hooks.register("filter_catalogue")
    def in_these_dates(queryset: QuerySet[CoursePage], params: CatalogueParams) -> QuerySet[CoursePage]: ...

    @hooks.register("describe_courses")
    def editions_of(pages: Sequence[CoursePage]) -> dict[int, CourseFacts]: ...

`filter_catalogue` narrows by where, dates and free places, and leaves the queryset alone where the params ask
nothing. `describe_courses` gets a whole page of courses at once, so that no row costs a query. Neither gets a
user: what they return is shown to everybody and cached, so it holds nothing about a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from wagtail import hooks

from courses.models import CoursePage


@dataclass(frozen=True)
class CatalogueParams:
    """What the visitor asked for, already checked: empty or None means "any".

    `where` is "online", "presence" or "own_time". `starts_from` and `starts_to` bound the first day of an
    edition. With `free_places` only courses with an edition that still takes people are wanted.
    """

    where: str = ""
    starts_from: date | None = None
    starts_to: date | None = None
    free_places: bool = False

    @property
    def about_editions(self) -> bool:
        return bool(self.where or self.starts_from or self.starts_to or self.free_places)


@dataclass(frozen=True)
class EditionFact:
    """One edition that has not ended, as everybody may see it. `mode` is one of online, presence, mixed and
    own_time; `apply_url` is empty where one cannot apply by oneself (or not now)."""

    code: str
    title: str
    mode: str
    mode_label: str
    place: str
    starts_on: date
    ends_on: date
    capacity: int
    free: int
    apply_url: str = ""


@dataclass(frozen=True)
class CourseFacts:
    """What the catalogue shows of the editions of one course, soonest first."""

    editions: tuple[EditionFact, ...] = ()

    @property
    def next(self) -> EditionFact | None:
        return self.editions[0] if self.editions else None

    @property
    def free(self) -> int:
        return sum(edition.free for edition in self.editions)

    @property
    def apply_url(self) -> str:
        """Where the page's one button leads: the soonest edition that takes applications."""
        return next((edition.apply_url for edition in self.editions if edition.apply_url), "")


def filter_catalogue(queryset: QuerySet[CoursePage], params: CatalogueParams) -> QuerySet[CoursePage]:
    for narrow in hooks.get_hooks("filter_catalogue"):
        queryset = narrow(queryset, params)
    return queryset


def describe_courses(pages: Sequence[CoursePage]) -> dict[int, CourseFacts]:
    """The facts of each page's editions; every page has an entry, if an empty one."""
    found = {page.pk: CourseFacts() for page in pages}
    for describe in hooks.get_hooks("describe_courses"):
        found |= describe(pages)
    return found
