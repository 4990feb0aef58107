"""Presence prompts: asked, answered, confirmed by voice. Not one of them changes a minute or sends anybody out."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.errors import Refused

from .. import asking
from ..models import AnswerMeans, PresenceAnswer, PresencePrompt, RegisterPage
from ..queries import policy_for, prompt_now
from .locks import lock_open_page


def ask_presence(session: Any, *, key: UUID, by: Any, at: datetime) -> PresencePrompt:
    """Ask a class who is there: announced now, opened shortly after, for as long as the policy says.

    The same key twice is one prompt; while one stands another is refused. Locks the page.
    """
    return _ask(session, asking.asking(key, at=at, policy=policy_for(session.edition)), by=by)


def ask_when_due(session: Any, *, at: datetime) -> PresencePrompt | None:
    """Ask as the policy wants, if it wants it now and nobody has; returns a prompt that is new.

    Safe to call from every server at once: the prompt's key follows from the class and the time.
    """
    page = RegisterPage.objects.filter(session=session).first()
    if page is None or page.started_at is None or page.ended_at is not None:
        return None
    wanted = asking.due(
        policy_for(session.edition),
        session=session.uuid,
        started_at=page.started_at,
        ends_at=session.ends_at,
        at=at,
    )
    if wanted is None or PresencePrompt.objects.filter(session=session, key=wanted.key).exists():
        return None
    if prompt_now(session, at=at) is not None:
        return None
    try:
        return _ask(session, wanted, by=None)
    except (Refused, IntegrityError):  # somebody asked meanwhile
        return None


def _ask(session: Any, wanted: asking.Asking, *, by: Any) -> PresencePrompt:
    with transaction.atomic():
        page = RegisterPage.objects.select_for_update().filter(session=session).first()
        if page is None or page.started_at is None or page.ended_at is not None:
            raise Refused("prompt.not_open", _("The class is not on: there is nobody to ask."))
        same = PresencePrompt.objects.filter(session=session, key=wanted.key).first()
        if same is not None:
            return same
        if prompt_now(session, at=wanted.announced_at) is not None:
            raise Refused("prompt.stands", _("The class is being asked right now. Wait for the answers."))
        prompt = PresencePrompt.objects.create(
            session=session,
            key=wanted.key,
            announced_at=wanted.announced_at,
            opens_at=wanted.opens_at,
            deadline=wanted.deadline,
            asked_by=by,
        )
        if by is not None:
            record("write.presence_asked", by=by, target=prompt, at=wanted.announced_at)
    return prompt


def answer_presence(prompt: PresencePrompt, person: Any, *, key: UUID, at: datetime) -> PresenceAnswer:
    """Store the answer of one person. The first one stays, from whatever device; a late one is kept as late.

    Locks the page; safe to call twice.
    """
    if at < prompt.announced_at:
        raise Refused("prompt.too_early", _("Nobody has asked yet."), status=400)
    return _store(prompt, person, key=key, means=AnswerMeans.DEVICE, by=None, at=at)


def confirm_by_voice(prompt: PresencePrompt, person: Any, *, by: Any, at: datetime) -> PresenceAnswer:
    """Store that somebody answered by voice, on the word of `by`. An answer of their own stays. Safe to call twice."""
    if person.pk == by.pk:
        raise Refused("prompt.yourself", _("Nobody confirms for themselves."), status=400)
    with transaction.atomic():
        answer = _store(prompt, person, key=uuid4(), means=AnswerMeans.VOICE, by=by, at=at)
        record("write.presence_by_voice", by=by, subject=person, target=prompt, at=at)
    return answer


def _store(
    prompt: PresencePrompt, person: Any, *, key: UUID, means: str, by: Any, at: datetime
) -> PresenceAnswer:
    with transaction.atomic():
        lock_open_page(prompt.session_id)
        answer, _made = PresenceAnswer.objects.get_or_create(
            prompt=prompt,
            person=person,
            defaults={"answered_at": at, "means": means, "key": key, "confirmed_by": by},
        )
    return answer
