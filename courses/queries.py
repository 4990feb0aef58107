"""The door for lms: what is taught, read from the published pages.

A learner's view never walks the page tree itself. The outline of a course costs one query while nothing in
it has been published, moved or withdrawn since it was last asked for, four otherwise.
"""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from wagtail.models import Collection, Page

from courses.files import AUTHOR, LEARNER
from courses.models import (
    CourseAuthors,
    CourseDocument,
    CourseImage,
    CourseMedia,
    CoursePage,
    LessonPage,
    ModulePage,
    QuizPage,
)

DAY = 24 * 60 * 60
# Part of every cache key: raise it when the shape of what is cached, or a lesson template, changes.
SHAPE = 1


# --- what can be found ---------------------------------------------------------------------------------


def live_courses() -> QuerySet[CoursePage]:
    """Courses that everybody may find in the catalogue."""
    return CoursePage.objects.live().public()


def course_by_id(course_id: int) -> CoursePage | None:
    """The course, published or not: an edition goes on when its course leaves the catalogue."""
    return CoursePage.objects.filter(pk=course_id).first()


def courses_by_id(course_ids: Iterable[int]) -> dict[int, CoursePage]:
    return CoursePage.objects.in_bulk(course_ids)


# --- the outline ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ActivityItem:
    """One published lesson or quiz. `needs` holds "audio" or "video"; `media_bytes` is what they weigh."""

    key: uuid.UUID
    kind: str
    title: str
    nominal_minutes: int
    minimum_minutes: int
    page_id: int
    revision_id: int | None
    module_key: uuid.UUID
    needs: tuple[str, ...] = ()
    media_bytes: int = 0


@dataclass(frozen=True)
class ModuleItem:
    key: uuid.UUID
    title: str
    summary: str
    nominal_minutes: int
    activities: tuple[ActivityItem, ...] = ()


@dataclass(frozen=True)
class Outline:
    """The published modules and activities of one course, in order."""

    course_id: int
    modules: tuple[ModuleItem, ...] = ()

    @property
    def activities(self) -> tuple[ActivityItem, ...]:
        return tuple(activity for module in self.modules for activity in module.activities)

    def activity(self, key: uuid.UUID) -> ActivityItem | None:
        return next((item for item in self.activities if item.key == key), None)

    def module(self, key: uuid.UUID) -> ModuleItem | None:
        return next((item for item in self.modules if item.key == key), None)

    def around(self, key: uuid.UUID) -> tuple[ActivityItem | None, ActivityItem | None]:
        """The activities before and after this one."""
        items = self.activities
        place = next((i for i, item in enumerate(items) if item.key == key), None)
        if place is None:
            return None, None
        return (items[place - 1] if place else None), (items[place + 1] if place + 1 < len(items) else None)


def outline(course: CoursePage) -> Outline:
    """The published outline, cached until a page in the course is published, moved or withdrawn."""
    return outlines([course])[course.pk]


def outlines(courses: Iterable[CoursePage]) -> dict[int, Outline]:
    """The outlines of several courses in the same number of queries as one."""
    courses = list(courses)
    rows: dict[int, list[tuple]] = {course.pk: [] for course in courses}
    by_path = {course.path: course.pk for course in courses}
    found = (
        _below(courses)
        .order_by("path")
        .values_list("path", "live", "live_revision_id", "translation_key", "title")
    )
    for row in found:
        rows[_owner(row[0], by_path)].append(row)
    keys = {pk: f"courses.outline:{SHAPE}:{pk}:{_stamp(rows[pk])}" for pk in rows}
    cached = cache.get_many(keys.values())
    result = {pk: cached[key] for pk, key in keys.items() if key in cached}
    missing = [course for course in courses if course.pk not in result]
    if missing:
        built = _build(missing)
        cache.set_many({keys[pk]: made for pk, made in built.items()}, DAY)
        result |= built
    return result


def _below(courses: list[CoursePage]) -> QuerySet[Page]:
    found = Page.objects.none()
    for course in courses:
        found = found | Page.objects.filter(path__startswith=course.path, depth__gt=course.depth)
    return found


def _owner(path: str, by_path: dict[str, int]) -> int:
    return next(pk for course_path, pk in by_path.items() if path.startswith(course_path))


def _stamp(rows: list[tuple]) -> str:
    return hashlib.sha1(repr(rows).encode(), usedforsecurity=False).hexdigest()


def _build(courses: list[CoursePage]) -> dict[int, Outline]:
    ids = list(_below(courses).filter(live=True).values_list("pk", flat=True))
    modules = ModulePage.objects.filter(pk__in=ids).order_by("path")
    lessons = LessonPage.objects.filter(pk__in=ids)
    quizzes = QuizPage.objects.filter(pk__in=ids)
    media = _media_of(lessons)
    children: dict[str, list[Any]] = {}
    for page in sorted([*lessons, *quizzes], key=lambda page: page.path):
        children.setdefault(page.path[: -Page.steplen], []).append(page)
    by_path = {course.path: course.pk for course in courses}
    made: dict[int, list[ModuleItem]] = {course.pk: [] for course in courses}
    for module in modules:
        activities = tuple(_activity(page, module, media) for page in children.get(module.path, ()))
        made[_owner(module.path, by_path)].append(
            ModuleItem(
                module.translation_key, module.title, module.summary, module.nominal_minutes, activities
            )
        )
    return {pk: Outline(pk, tuple(items)) for pk, items in made.items()}


def _activity(page, module: ModulePage, media: dict[int, CourseMedia]) -> ActivityItem:
    files = [media[pk] for kind, pk in cited_files(page) if kind == "media" and pk in media]
    return ActivityItem(
        key=page.translation_key,
        kind=page.kind,
        title=page.title,
        nominal_minutes=page.nominal_minutes,
        minimum_minutes=page.minimum_minutes,
        page_id=page.pk,
        revision_id=page.live_revision_id,
        module_key=module.translation_key,
        needs=tuple(sorted({file.type for file in files})),
        media_bytes=sum(file.file_size or 0 for file in files),
    )


def _media_of(lessons: Iterable[LessonPage]) -> dict[int, CourseMedia]:
    ids = {pk for lesson in lessons for kind, pk in cited_files(lesson) if kind == "media"}
    return CourseMedia.objects.in_bulk(ids) if ids else {}


def activity_by_key(course: CoursePage, key: uuid.UUID) -> LessonPage | QuizPage | None:
    """The published lesson or quiz of this course with this key, or None."""
    item = outline(course).activity(key)
    return page_of(item) if item else None


def page_of(item: ActivityItem) -> LessonPage | QuizPage:
    """The lesson or quiz of an outline's item. One query."""
    model = QuizPage if item.kind == "quiz" else LessonPage
    return model.objects.get(pk=item.page_id)


# --- what a lesson and a quiz hold ---------------------------------------------------------------------


def lesson_html(page: LessonPage) -> SafeString:
    """The body of a published lesson for a learner, rendered once per revision and language.

    Rich text is cleaned here (cms.sanitize); addresses of files are the player's. A change of a picture's or
    film's own data (captions, size) shows after an hour at the latest, or at once on the next publishing.
    """
    if not page.live_revision_id:
        return render_lesson(page)
    key = _lesson_key(page.translation_key, page.live_revision_id)
    html = cache.get(key)
    if html is None:
        html = str(render_lesson(page))
        cache.set(key, html, 60 * 60)
    return mark_safe(html)  # noqa: S308 - made by our templates from cleaned text, two lines above


def lesson_html_of(item: ActivityItem) -> SafeString:
    """The same by the outline's item: no query at all when the revision has been rendered before."""
    html = cache.get(_lesson_key(item.key, item.revision_id)) if item.revision_id else None
    return mark_safe(html) if html is not None else lesson_html(page_of(item))  # noqa: S308 - as above


def _lesson_key(key: uuid.UUID, revision_id: int) -> str:
    return f"courses.lesson:{SHAPE}:{key}:{revision_id}:{get_language()}"


def render_lesson(page: LessonPage, *, for_author: bool = False) -> SafeString:
    """The body as it stands in this object, for a learner or (preview) for its author."""
    return render_to_string(
        "courses/lesson_body.html", {"page": page, "files": AUTHOR if for_author else LEARNER}
    )


def quiz_snapshot(quiz: QuizPage) -> dict[str, Any]:
    """The quiz as asked, in plain JSON types: what an attempt freezes and `courses.marking` marks.

    quiz_key, revision_id, title, intro, pass_percent, attempts_allowed, and questions: key, kind, text,
    marks, feedback, answers (key, text, correct, feedback). Two queries.
    """
    return quiz.snapshot()


# --- files ---------------------------------------------------------------------------------------------

FILE_MODELS = {
    "image": CourseImage,
    "document": CourseDocument,
    "media": CourseMedia,
    "captions": CourseMedia,
}


def file_by_uuid(kind: str, uuid: uuid.UUID) -> CourseImage | CourseDocument | CourseMedia | None:
    return FILE_MODELS[kind].objects.select_related("collection").filter(uuid=uuid).first()


def file_of_course(
    kind: str, uuid: uuid.UUID
) -> tuple[CourseImage | CourseDocument | CourseMedia | None, frozenset[int]]:
    """The file and the ids of the courses with a published lesson that shows it; (None, empty) if absent.

    For the player: a person may have the file if enrolled in one of these courses. It is read from the
    published lessons themselves, not from Wagtail's reference index (filled by the worker, so late) nor from
    the collection (it also holds what is not published yet; a copied course cites the pictures of the first).
    Answer with `courses.files.respond`.
    """
    file = file_by_uuid(kind, uuid)
    if file is None:
        return None, frozenset()
    return file, _courses_by_file().get(("media" if kind == "captions" else kind, file.pk), frozenset())


def _courses_by_file() -> dict[tuple[str, int], frozenset[int]]:
    rows = list(
        LessonPage.objects.filter(live=True)
        .order_by("path")
        .values_list("path", "live_revision_id", "translation_key")
    )
    key = f"courses.files:{SHAPE}:{_stamp(rows)}"
    found = cache.get(key)
    if found is None:
        ids = dict(CoursePage.objects.values_list("path", "pk"))
        dead = tuple(ModulePage.objects.filter(live=False).values_list("path", flat=True))
        cited: dict[tuple[str, int], set[int]] = {}
        for lesson in LessonPage.objects.filter(live=True):
            if not lesson.path.startswith(dead) and (course := ids.get(lesson.path[: -2 * Page.steplen])):
                for file in cited_files(lesson):
                    cited.setdefault(file, set()).add(course)
        found = {file: frozenset(courses) for file, courses in cited.items()}
        cache.set(key, found, DAY)
    return found


def cited_files(page) -> set[tuple[str, int]]:
    """(kind, id) of every picture, document and film in the body of a lesson, without loading them."""
    cited = set()
    for block in page.body.raw_data if isinstance(page, LessonPage) else ():
        match block["type"]:
            case "image" | "document" as kind:
                cited.add((kind, block["value"][kind]))
            case "video" | "audio" as kind:
                cited.add(("media", block["value"][kind]))
    return {(kind, pk) for kind, pk in cited if pk}


def is_public_image(image: CourseImage) -> bool:
    """Whether everybody may see it: it lies in no private collection, or it is the face of a course in the
    catalogue."""
    restricted = image.collection.get_view_restrictions().exists()
    return not restricted or live_courses().filter(image=image).exists()


def course_of_collection(collection: Collection) -> CoursePage | None:
    """The course whose private collection this is (courses.permissions.author_group makes it)."""
    authors = CourseAuthors.objects.filter(collection=collection).select_related("course").first()
    return authors.course if authors else None
