"""Looking after those who receive records: what they get, their secrets, their way in."""

import base64
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from allauth.idp.oidc.models import Client
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record as audit
from lms.errors import Refused

from .. import queries, rules, sealing
from ..models import Access, DeliverableKind, People, RecordPart, Subscriber

#: What may change in an agreement. Secrets, credentials and the switch have actions of their own.
TERMS = frozenset(
    {
        "name",
        "endpoint",
        "files",
        "kinds",
        "parts",
        "access",
        "people",
        "all_editions",
        "purpose",
        "legal_basis",
        "valid_from",
        "valid_until",
    }
)


@dataclass(frozen=True)
class ClientCredentials:
    """What a subscriber needs to fetch records. The secret is shown once: only its hash is kept."""

    client_id: str
    client_secret: str


def create_subscriber(
    *,
    name: str,
    agency: Any,
    endpoint: str,
    files: bool = False,
    kinds: Iterable[str],
    all_editions: bool = False,
    editions: Iterable[Any] = (),
    parts: Iterable[str] = RecordPart.values,
    access: Iterable[str] = Access.values,
    people: str = People.ALL,
    purpose: str = "",
    legal_basis: str,
    valid_from: date | None = None,
    valid_until: date | None = None,
    by: Any,
    at: datetime,
) -> tuple[Subscriber, str]:
    """A new subscriber and its first signing secret, which is shown once. Calling twice is refused by the name."""
    _refuse_bad_endpoint(endpoint)
    with transaction.atomic():
        secret, ring = _with_new_secret([], at)
        subscriber = Subscriber.objects.create(
            name=name,
            agency=agency,
            endpoint=endpoint,
            files=files,
            kinds=_known(kinds),
            all_editions=all_editions,
            parts=_known_parts(parts),
            access=_known_access(access),
            people=people,
            purpose=purpose,
            legal_basis=legal_basis,
            valid_from=valid_from,
            valid_until=valid_until,
            secrets_sealed=sealing.seal(ring),
        )
        subscriber.editions.set(editions)
        audit("write.subscriber", by=by, target=subscriber, purpose=legal_basis, at=at)
    return subscriber, secret


def change_subscriber(
    subscriber: Subscriber, *, editions: Iterable[Any] | None = None, by: Any, at: datetime, **terms: Any
) -> Subscriber:
    """Change what a subscriber gets and where; `terms` are fields of TERMS, and what is not named stays.

    Locks its row; safe to call twice. The feed is read again from its start, so that what it may now have and
    never got is owed as well; what it already got is not owed a second time. When something changed that decides
    what files hold, the next file holds everything.
    """
    if unknown := terms.keys() - TERMS:
        raise TypeError(f"not a term of an agreement: {', '.join(sorted(unknown))}")
    if "endpoint" in terms:
        _refuse_bad_endpoint(terms["endpoint"])
    if "kinds" in terms:
        terms["kinds"] = _known(terms["kinds"])
    if "parts" in terms:
        terms["parts"] = _known_parts(terms["parts"])
    if "access" in terms:
        terms["access"] = _known_access(terms["access"])
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        before = _coverage(subscriber)
        for name, value in terms.items():
            setattr(subscriber, name, value)
        subscriber.pushed_seq = 0
        subscriber.failures_in_a_row, subscriber.paused_until = 0, None
        subscriber.save()
        if subscriber.client is not None:
            _allow(subscriber.client, subscriber.scopes).save(update_fields=["scopes", "default_scopes"])
        if editions is not None:
            subscriber.editions.set(editions)
        if _coverage(subscriber) != before:
            Subscriber.objects.filter(pk=subscriber.pk).update(filed_seq=0)
        audit("write.subscriber", by=by, target=subscriber, purpose=subscriber.legal_basis, at=at)
    return subscriber


def _coverage(subscriber: Subscriber) -> tuple[Any, ...]:
    """Which records, and which parts of them."""
    editions = set(subscriber.editions.order_by().values_list("pk", flat=True))
    return subscriber.kinds, subscriber.parts, subscriber.people, subscriber.all_editions, editions


def set_active(subscriber: Subscriber, active: bool, *, by: Any, at: datetime) -> None:
    """Stop or resume everything for a subscriber: deliveries wait, tokens answer 403. Safe to call twice."""
    Subscriber.objects.filter(pk=subscriber.pk).update(active=active)
    audit(
        "write.subscriber_resumed" if active else "write.subscriber_stopped", by=by, target=subscriber, at=at
    )


def rotate_secret(subscriber: Subscriber, *, by: Any, at: datetime) -> str:
    """A new signing secret, shown once; the one before it keeps signing for a week beside it, older ones end.

    Locks the row. Each call makes another secret.
    """
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        secret, ring = _with_new_secret(sealing.unseal(subscriber.secrets_sealed), at)
        subscriber.secrets_sealed = sealing.seal(ring)
        subscriber.save(update_fields=["secrets_sealed"])
        audit("write.subscriber_secret", by=by, target=subscriber, at=at)
    return secret


def give_client(subscriber: Subscriber, *, by: Any, at: datetime) -> ClientCredentials:
    """Credentials for the API (OAuth2 client credentials), for what the agreement lets the system do there.

    Called again, the old secret and tokens end.
    """
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        if not subscriber.scopes:
            raise Refused(
                "client.nothing_agreed",
                _("This agreement lets the system fetch nothing. Tick what it may do first."),
            )
        _end_client(subscriber)
        client = Client(name=subscriber.name, type=Client.Type.CONFIDENTIAL, grant_types="client_credentials")
        client.response_types = ""
        _allow(client, subscriber.scopes)
        client.set_secret(secret)
        client.save()
        subscriber.client = client
        subscriber.save(update_fields=["client"])
        audit("write.subscriber_client", by=by, target=subscriber, at=at)
    return ClientCredentials(client.pk, secret)


def _allow(client: Client, scopes: list[str]) -> Client:
    """A token gets all of these when it is asked for without a scope, and never another."""
    client.set_scopes(scopes)
    client.set_default_scopes(scopes)
    return client


def take_client_away(subscriber: Subscriber, *, by: Any, at: datetime) -> None:
    """End the way in: the client and its tokens are gone. Safe to call twice."""
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        _end_client(subscriber)
        audit("write.subscriber_client_ended", by=by, target=subscriber, at=at)


def _end_client(subscriber: Subscriber) -> None:
    client = subscriber.client
    if client is not None:
        subscriber.client = None
        subscriber.save(update_fields=["client"])
        client.delete()  # its tokens go with it


def _with_new_secret(ring: list[dict[str, str]], at: datetime) -> tuple[str, list[dict[str, str]]]:
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    kept = [{**ring[0], "expires_at": (at + rules.ROTATION).isoformat()}] if ring else []
    return secret, [{"secret": secret, "made_at": at.isoformat()}, *kept]


def _known(kinds: Iterable[str]) -> list[str]:
    return [kind for kind in DeliverableKind.values if kind in set(kinds)]


def _known_parts(parts: Iterable[str]) -> list[str]:
    return [part for part in RecordPart.values if part in set(parts)]


def _known_access(access: Iterable[str]) -> list[str]:
    return [scope for scope in Access.values if scope in set(access)]


def _refuse_bad_endpoint(endpoint: str) -> None:
    if not endpoint:
        return
    private_allowed = settings.CONSORTIUM_ALLOW_PRIVATE_ENDPOINTS
    problem = rules.address_problem(endpoint, allow_private=private_allowed)
    if not problem and not private_allowed and rules.names_private_address(endpoint):
        problem = "private"
    if problem:
        raise Refused(f"endpoint.{problem}", queries.address_sentence(problem), status=400)
