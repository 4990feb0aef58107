"""A learner who missed a class, for the tests of absences."""

from datetime import timedelta

from django.test import Client

from lms.attendance import actions
from tests.factories import NOW

AFTER = NOW + timedelta(hours=3)
PDF = b"%PDF-1.7 un certificato che nessuno deve leggere"


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def ask(body, *, by=None, reason="court", at=AFTER, **more):
    return actions.ask_justification(
        body.enrolment, [body.session], reason=reason, by=by or body.tutor, at=at, **more
    )
