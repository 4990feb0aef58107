"""Makes the site that is measured: the demo's courses and people, a class of 100, signed-in sessions.

`python -m benchmarks.data FILE` writes the addresses and sessions as JSON; `--queries FILE` counts queries by page.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

LEARNERS = 100


def sign_in(user: Any) -> str:
    """A session as a sign-in leaves it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


def build() -> dict[str, Any]:
    from allauth.mfa.models import Authenticator
    from django.contrib.auth import get_user_model
    from django.urls import reverse
    from django.utils import timezone

    from courses import queries as courses
    from demo import people, tree
    from lms.assessments.actions import open_attempt
    from lms.attendance import actions as attendance
    from lms.enrolments import actions as enrolments
    from lms.progress.models import ActivityProgress
    from tests import factories as make

    at = timezone.now().replace(second=0, microsecond=0)
    course = tree.build(at)["DIG-BASE"]
    cast = people.build(password="only-here", at=at - timedelta(days=60))
    for user in cast.staff.values():
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    edition = enrolments.create_edition(
        by=cast.direttore,
        course=course,
        agency=cast.agencies["dante"],
        code="BENCH-100",
        starts_on=(at - timedelta(days=30)).date(),
        ends_on=(at + timedelta(days=30)).date(),
        capacity=LEARNERS,
        at=at - timedelta(days=40),
    )
    enrolments.assign_staff(edition, cast.docente, "trainer", by=cast.direttore, at=at - timedelta(days=40))
    session = enrolments.plan_class(
        edition,
        title="Classe di cento",
        starts_at=at - timedelta(hours=3),
        ends_at=at - timedelta(hours=1),
        trainer=cast.docente,
        by=cast.direttore,
        at=at - timedelta(days=39),
    )
    boot = uuid4()
    attendance.start_class(session, by=cast.docente, at=session.starts_at)
    outline = courses.outline(course)
    steps = [activity for module in outline.modules for activity in module.activities]
    first_quiz = next(index for index, step in enumerate(steps) if step.kind == "quiz")
    quiz = courses.activity_by_key(course, steps[first_quiz].key)
    learners, submits = [], []
    for number in range(LEARNERS):
        person = make.person(f"Allieva{number}", role="beneficiary", agency=cast.agencies["consorzio"])
        enrolment = make.enrolment(person, edition, at=at - timedelta(days=35))
        learners.append(person)
        row = attendance.record_connection(
            person, session, device=f"d{number}", boot_id=boot, role="learner", at=session.starts_at
        )
        attendance.record_evidence({row.pk: session.ends_at}, boot_id=boot)
        attendance.close_connection(row.pk, reason="left", at=session.ends_at)
        day = at - timedelta(days=20)
        ActivityProgress.objects.bulk_create(
            ActivityProgress(
                enrolment=enrolment,
                activity_key=step.key,
                revision_id=step.revision_id,
                opened_at=day,
                last_opened_at=day,
                completed_at=day + timedelta(minutes=30),
                rule="read",
            )
            for step in steps[:first_quiz]
        )
        attempt = open_attempt(enrolment, quiz, at=at)
        submits.append({"session": sign_in(person), "key": str(attempt.uuid)})
    attendance.end_class(session, by=cast.docente, at=session.ends_at)
    lesson = reverse("progress:activity", args=[edition.code, steps[1].key])
    learner = sign_in(learners[0])
    user = get_user_model().objects.get
    return {
        "pages": {
            "login": {"path": reverse("account_login"), "session": ""},
            "home": {"path": "/", "session": ""},
            "catalogue": {"path": "/corsi/", "session": ""},
            "course": {"path": course.url, "session": ""},
            "learner-home": {"path": reverse("dashboards:home"), "session": learner},
            "lesson": {"path": lesson, "session": learner},
            "class-100": {
                "path": reverse("attendance:class", args=[session.uuid]),
                "session": sign_in(user(username="docente")),
            },
        },
        "homes": {
            name: {"path": reverse("dashboards:home"), "session": sign_in(user(username=name))}
            for name in sorted(cast.staff)
        },
        "quiz-submit": {
            "path": reverse("progress:submit", args=[edition.code, steps[first_quiz].key]),
            "sittings": submits,
        },
    }


def count_queries(site: dict[str, Any]) -> dict[str, int]:
    """Queries of the second request for each page: the first one fills what every worker keeps in memory."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    counted = {}
    homes = {f"home of {name}": page for name, page in site["homes"].items()}
    for name, page in {**site["pages"], **homes}.items():
        client = Client(headers={settings.PROXY_HEADER: "https", "host": "localhost"})
        if page["session"]:
            client.cookies[settings.SESSION_COOKIE_NAME] = page["session"]
        client.get(page["path"])
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(page["path"])
        assert answer.status_code == 200, (name, answer.status_code, answer.headers)
        counted[name] = len(queries)
    return counted


def main() -> None:
    import django

    django.setup()
    counting = sys.argv[1] == "--queries"
    file = Path(sys.argv[-1])
    if counting:
        site = json.loads(file.read_text())
        site["queries"] = count_queries(site)
    else:
        from django.core.management import call_command
        from django.test import override_settings

        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("signing_key", "register")
        # A hundred slow password hashes would take a minute, and nobody signs in with one.
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
            site = build()
    file.write_text(json.dumps(site, indent=1))


if __name__ == "__main__":
    main()
