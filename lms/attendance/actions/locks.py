"""The locks: everything about one class takes that of its page, so it is written before the closing or not at all."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from lms.errors import Refused

from ..models import Register, RegisterPage


def refuse_if_closed(page: RegisterPage | None) -> None:
    """A closed page takes nothing more."""
    if page is not None and page.closed_at:
        raise Refused("page.closed", _("This page is closed and does not change. Propose a rectification."))


def lock_open_page(session: Any) -> None:
    """Lock the page of a class, which may have none yet; a class whose page is closed is refused.

    Its closer comes wholly before or wholly after, so that no row of a class is neither refused nor on its page.
    `session` is a class or its id. Inside a transaction.
    """
    refuse_if_closed(RegisterPage.objects.select_for_update().filter(session=session).first())


def lock_and_tell_begun(session: Any) -> bool:
    """Lock the register of a class, which may have none yet; whether the class has begun. Inside a transaction.

    The caller has the lock of the edition, without which no register is opened.
    """
    Register.objects.select_for_update().filter(edition=session.edition_id).first()
    return RegisterPage.objects.filter(session=session, started_at__isnull=False).exists()


def lock_and_tell_closed(session_ids: Iterable[int]) -> set[int]:
    """Lock the pages of some classes, in one order; returns the classes whose page is closed."""
    pages = RegisterPage.objects.select_for_update().filter(session__in=set(session_ids)).order_by("pk")
    return {page.session_id for page in pages if page.closed_at}


def lock_edition(edition: Any) -> None:
    """What is said of an edition comes one after the other. SQLite has one writer at a time anyway."""
    if connection.features.has_select_for_update:
        type(edition).objects.select_for_update().only("pk").get(pk=edition.pk)
