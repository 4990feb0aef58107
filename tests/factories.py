"""Small builders for tests. Each returns one saved object; what a test does not say is filled in plausibly."""

import itertools
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.apps import apps

ROME = ZoneInfo("Europe/Rome")
#: Tests start from this moment unless they say otherwise: a Tuesday afternoon.
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=ROME)
TODAY = NOW.date()
_numbers = itertools.count(1)


def _model(label: str):
    return apps.get_model(label)


def agency(name: str = "", kind: str = "consortium"):
    return _model("people.Agency").objects.create(name=name or f"Ente {next(_numbers)}", kind=kind)


def person(first_name: str = "Persona", last_name: str = "", *, role: str = "", agency=None, **fields):
    """A user with a unique name; with `role` and `agency`, also a membership."""
    number = next(_numbers)
    user = _model("people.User")(
        username=fields.pop("username", f"utente{number}"),
        first_name=first_name,
        last_name=last_name or f"Prova{number}",
        **fields,
    )
    user.set_password("una-prova-lunga")
    user.save()
    if role:
        membership(user, role, agency)
    return user


def membership(user, role: str, agency, starts_on: date = date(2026, 1, 1)):
    return _model("people.Membership").objects.create(
        user=user, agency=agency, role=role, starts_on=starts_on
    )


def case(professional, beneficiary, agency):
    return _model("people.CaseAssignment").objects.create(
        professional=professional,
        beneficiary=beneficiary,
        agency=agency,
        basis_of_care="referral",
        starts_on=date(2026, 1, 1),
    )


def catalogue():
    """The catalogue index under the home page of the default site."""
    from wagtail.models import Page, Site

    from cms.models import HomePage
    from courses.models import CatalogueIndexPage

    found = CatalogueIndexPage.objects.first()
    if found:
        return found
    home = HomePage.objects.first()
    if home is None:
        home = Page.get_first_root_node().add_child(instance=HomePage(title="Ponte", slug="ponte"))
        Site.objects.update_or_create(
            is_default_site=True, defaults={"hostname": "localhost", "root_page": home, "site_name": "Ponte"}
        )
    return home.add_child(instance=CatalogueIndexPage(title="Corsi", slug="corsi"))


def found_course(slug: str):
    return _model("courses.CoursePage").objects.filter(slug=slug).first()


def course(title: str = "", *, lessons: int = 2, quiz: bool = True, **fields):
    """A live course of one module with `lessons` lessons and, last, a quiz of two questions."""
    from courses.models import CoursePage, LessonPage, ModulePage

    number = next(_numbers)
    page = catalogue().add_child(
        instance=CoursePage(
            title=title or f"Corso {number}",
            slug=fields.pop("slug", f"corso-{number}"),
            code=fields.pop("code", f"C{number}"),
            summary="Impari a usare il telefono e il computer.",
            **fields,
        )
    )
    module = page.add_child(instance=ModulePage(title="Primo modulo", slug="modulo", nominal_minutes=60))
    for index in range(lessons):
        lesson = module.add_child(
            instance=LessonPage(
                title=f"Lezione {index + 1}",
                slug=f"lezione-{index + 1}",
                nominal_minutes=10,
                body=[("text", "<p>Un testo breve.</p>")],
            )
        )
        lesson.save_revision().publish()
    if quiz:
        add_quiz(module)
    return page


def add_quiz(module, **fields):
    """A quiz of one single-answer and one true/false question."""
    from wagtail.models import Locale

    from courses.models import Question, QuizPage

    page = QuizPage(title="Verifica", slug=fields.pop("slug", "verifica"), nominal_minutes=10, **fields)
    locale = Locale.get_default()
    page.questions = [
        Question(
            locale=locale,
            kind="one",
            text="Quale tasto accende il telefono?",
            marks=1,
            answers=[
                ("answer", {"text": "Quello laterale", "correct": True, "feedback": "Giusto."}),
                ("answer", {"text": "Lo schermo", "correct": False, "feedback": "No."}),
            ],
        ),
        Question(
            locale=locale,
            kind="true_false",
            text="La password si dice agli amici.",
            marks=1,
            answers=[
                ("answer", {"text": "Vero", "correct": False, "feedback": ""}),
                ("answer", {"text": "Falso", "correct": True, "feedback": ""}),
            ],
        ),
    ]
    module.add_child(instance=page)
    page.save_revision().publish()
    return page


def edition(course, agency, *, starts_on: date | None = None, ends_on: date | None = None, **fields):
    number = next(_numbers)
    return _model("enrolments.Edition").objects.create(
        code=fields.pop("code", f"ED-{number}"),
        course=course,
        title=fields.pop("title", course.title),
        agency=agency,
        starts_on=starts_on or TODAY - timedelta(days=30),
        ends_on=ends_on or TODAY + timedelta(days=30),
        capacity=fields.pop("capacity", 20),
        **fields,
    )


def staff(edition, user, role: str = "trainer", **fields):
    return _model("enrolments.EditionStaff").objects.create(edition=edition, user=user, role=role, **fields)


def enrolment(
    person, edition, *, status: str = "active", by=None, at: datetime = NOW - timedelta(days=30), **fields
):
    return _model("enrolments.Enrolment").objects.create(
        edition=edition,
        person=person,
        status=status,
        asked_at=at,
        asked_by=by or person,
        active_from=at if status == "active" else None,
        **fields,
    )


def session(edition, trainer, *, starts_at: datetime = NOW, minutes: int = 120, **fields):
    return _model("enrolments.ClassSession").objects.create(
        edition=edition,
        title=fields.pop("title", "Prima lezione dal vivo"),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        trainer=trainer,
        **fields,
    )
