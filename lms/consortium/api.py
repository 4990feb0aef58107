"""The feed for machines: who asks is a subscriber, and gets what was agreed with it.

Tokens come from the token endpoint (OAuth2 client credentials). Errors are problem documents (RFC 9457).
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.idp.oidc.contrib.ninja.security import TokenAuth
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import parse_etags, urlencode
from django.utils.translation import gettext as _
from ninja import Field, NinjaAPI, Query, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.throttling import SimpleRateThrottle
from pydantic import field_validator

from lms.errors import Refused

from . import actions, disclosures, queries
from .models import Subscriber

LARGEST_PAGE = 200
LARGEST_CURSOR = 2**63 - 1
NO_NUL = r"^[^\x00]*$"  # PostgreSQL cannot look for it


@dataclass(frozen=True)
class Caller:
    """Who asks, and for what: the scopes of the token that the agreement still allows."""

    subscriber: Subscriber
    scopes: frozenset[str]


class SubscriberAuth(TokenAuth):
    """A bearer token of a subscriber's client, with one of the scopes of what is asked for."""

    openapi_type = "oauth2"
    openapi_flows = {
        "clientCredentials": {
            "tokenUrl": "/identita/token",
            "scopes": {
                "competency-records.read": "Fetch the statements of competencies agreed with this subscriber.",
                "attendance-records.read": "Fetch the certificates of attendance agreed with this subscriber.",
                "reconciliations.write": "Compare what was fetched with what is in the feed.",
            },
        }
    }

    def __init__(self, *needed: str) -> None:
        super().__init__(scope=[])  # the scope is looked at below, to answer 403 and not 401
        self.needed = needed

    def __call__(self, request: HttpRequest) -> Caller | None:
        if not request.headers.get("authorization", "").lower().startswith("bearer "):
            return None  # the library would also read ?access_token=, and addresses end in logs
        token = super().__call__(request)
        if not token:
            return None
        if token.user_id is None:
            subscriber = queries.subscriber_of_client(token.client_id, at=timezone.now())
        else:
            subscriber = None
        if subscriber is None:
            raise Refused("subscriber", _("No active agreement stands behind these credentials."), status=403)
        held = frozenset(token.get_scopes()) & frozenset(subscriber.scopes)
        if held.isdisjoint(self.needed):
            request.scope_needed = " ".join(self.needed)  # type: ignore[attr-defined]
            raise Refused(
                "scope",
                _("This token does not include, or the agreement no longer allows: %(scope)s.")
                % {"scope": ", ".join(self.needed)},
                status=403,
            )
        return Caller(subscriber, held)


class PerSubscriber(SimpleRateThrottle):
    """A limit for each subscriber, wherever it calls from."""

    scope = "feed"

    def get_cache_key(self, request: HttpRequest) -> str | None:
        caller = getattr(request, "auth", None)
        return self.cache_format % {"scope": self.scope, "ident": caller.subscriber.pk} if caller else None


class RecordsAPI(NinjaAPI):
    """Describes what goes wrong with the type it is sent as."""

    def get_openapi_schema(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for operation in path.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in response.get("content", {}):
                        content = response["content"]
                        content["application/problem+json"] = content.pop("application/json")
        return schema


api = RecordsAPI(
    title="Ponte",
    version="1",
    description=(
        "Competency records of the network, for the bodies that an agreement names. Records never change: a "
        "correction is another record; of one that had to be deleted a tombstone stays. Read the feed with the cursor you "
        "were given; nothing ever appears before a cursor you have passed. A token has the scopes that the agreement "
        "allows, or fewer when fewer are asked for; one that is not allowed is refused (`invalid_scope`). Each scope "
        "that reads opens one kind of record, so keep one cursor for each set of scopes that you read with. When the "
        "agreement ends or allows less, that counts at once, also for tokens given before (403)."
    ),
    docs_url=None,  # the page that comes with the library loads scripts from outside
    openapi_url="/openapi.json",
    urls_namespace="api-v1",
    auth=SubscriberAuth(*queries.READ_SCOPES),
    throttle=[PerSubscriber("120/m")],
)


class Problem(Schema):
    """What went wrong, in words (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str


class FeedItem(Schema):
    """One event: a competency was awarded, an award was revoked, or a record was deleted."""

    feed_seq: int = Field(description="Place in the feed; grows, may have gaps for one subscriber.")
    sha256: str = Field(description="SHA-256 of `record` as canonical JSON (RFC 8785).")
    record: dict[str, Any] = Field(
        description=(
            "The record. `event` is `awarded`, `revoked` (it names the award in `revokes`) or `deleted`: forget "
            "the record named in `deletes`, if you have it."
        )
    )
    left_out: list[str] | None = Field(None, description="Parts that the agreement leaves out, if any.")
    whole_sha256: str | None = Field(
        None, description="SHA-256 of the whole record, when parts are left out."
    )


class Feed(Schema):
    """One page of the feed."""

    items: list[FeedItem]
    next: int = Field(description="Send this as `after` to go on from here, now or tomorrow.")
    more: bool = Field(description="True when another page is ready at once.")


class Asked(Schema):
    """Which part of the feed is asked for."""

    after: int = Field(
        0, ge=0, le=LARGEST_CURSOR, description="The `next` of the page before; 0 for the start."
    )
    limit: int = Field(100, ge=1, le=LARGEST_PAGE)
    edition: str = Field("", max_length=40, pattern=NO_NUL, description="Code of one edition.")
    agency: UUID | None = Field(None, description="Id of the body that runs the edition, as in `issuer`.")
    framework: str = Field("", max_length=60, pattern=NO_NUL, description="Code of one framework.")
    since: datetime | None = Field(
        None, description="Only records written at or after this moment; without a zone, Italian time."
    )

    @field_validator("since")
    @classmethod
    def _a_moment_that_databases_know(cls, since: datetime | None) -> datetime | None:
        if since is not None and not 1970 <= since.year <= 2999:
            raise ValueError("a year from 1970 to 2999")
        return timezone.make_aware(since) if since and timezone.is_naive(since) else since


PROBLEMS = dict.fromkeys((401, 403, 404, 422, 429), Problem)


@api.get(
    "/competency-records",
    response={200: Feed} | PROBLEMS,
    summary="The feed of competency records",
    operation_id="list_competency_records",
    tags=["competency records"],
)
def list_records(request: HttpRequest, asked: Query[Asked]) -> HttpResponse:
    """Records in the order of the feed, after a cursor. Send If-None-Match to save what you already have."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    subscriber = caller.subscriber
    rows = queries.feed_page(
        subscriber,
        caller.scopes,
        after=asked.after,
        limit=asked.limit,
        edition=asked.edition,
        agency=asked.agency,
        framework=asked.framework,
        since=asked.since,
    )
    found = rows[: asked.limit]
    more = len(rows) > asked.limit
    last = found[-1].feed_seq if found else asked.after
    answer = _answer(
        request,
        {"items": [queries.envelope(row, subscriber.left_out) for row in found], "next": last, "more": more},
        found,
        subscriber,
    )
    if more:
        query = request.GET.copy()
        query["after"] = str(last)
        answer["Link"] = f'<{request.path}?{urlencode(query.lists(), doseq=True)}>; rel="next"'
    return answer


@api.get(
    "/competency-records/{uuid}",
    response={200: FeedItem} | PROBLEMS,
    summary="One competency record",
    operation_id="get_competency_record",
    tags=["competency records"],
)
def get_record(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One record by its id, if the agreement covers it."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    subscriber = caller.subscriber
    record = queries.feed_record(subscriber, caller.scopes, uuid)
    if record is None:
        raise Http404
    return _answer(request, queries.envelope(record, subscriber.left_out), [record], subscriber)


class Mine(Schema):
    """What the subscriber has of the feed, up to one place."""

    through: int = Field(ge=0, le=LARGEST_CURSOR, description="The `next` of the last page that was stored.")
    count: int = Field(ge=0, le=2**31 - 1)
    sha256: str = Field(
        pattern="^[0-9a-fA-F]{64}$",
        description=(
            "SHA-256 over one line per item, `<uuid of the record> <sha256>` and a line feed, in the order of "
            "the bytes."
        ),
    )


class Compared(Schema):
    """Ours beside theirs."""

    agrees: bool
    count: int
    sha256: str
    months: list[dict[str, Any]] = Field(description="`month`, `count` and `sha256` of each month of ours.")


@api.post(
    "/reconciliations",
    response={200: Compared} | PROBLEMS,
    auth=SubscriberAuth(queries.COMPARE_SCOPE),
    summary="Compare what was fetched",
    operation_id="compare",
    tags=["reconciliation"],
)
def compare(request: HttpRequest, mine: Mine) -> dict[str, Any]:
    """Say what you have, and read what you should have. Both sides keep the outcome."""
    subscriber: Subscriber = request.auth.subscriber  # type: ignore[attr-defined]
    row = actions.compare_fetched(
        subscriber, through=mine.through, count=mine.count, sha256=mine.sha256, at=timezone.now()
    )
    agrees = row.state == queries.ReconciliationState.AGREES
    return {"agrees": agrees, "count": row.count, "sha256": row.sha256, "months": row.months}


def _answer(
    request: HttpRequest, data: dict[str, Any], records: list[Any], subscriber: Subscriber
) -> HttpResponse:
    """The data with its ETag, or 304. What leaves the house about people is written down; a 304 discloses none."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    known = parse_etags(request.headers.get("if-none-match", ""))
    if etag in known or f"W/{etag}" in known:
        response = HttpResponse(status=304)
    else:
        disclosures.pulled(subscriber, records, at=timezone.now())
        response = HttpResponse(text, content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


# ----------------------------------------------------------------------------------------------- problems


def _problem(request: HttpRequest, status: int, code: str, title: str, detail: str) -> HttpResponse:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json"
    )
    response["Cache-Control"] = "no-store"
    return response


@api.exception_handler(AuthenticationError)
def _unauthorized(request: HttpRequest, error: Exception) -> HttpResponse:
    response = _problem(
        request,
        401,
        "token",
        _("Token missing or not valid"),
        _(
            "Ask for a token at /identita/token with your client id and secret, and send it as a Bearer token."
        ),
    )
    response["WWW-Authenticate"] = 'Bearer realm="ponte"'
    return response


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    response = _problem(request, error.status, error.code, _("Not allowed"), str(error.sentence))
    if error.code == "scope":
        response["WWW-Authenticate"] = (
            f'Bearer realm="ponte", error="insufficient_scope", scope="{request.scope_needed}"'  # type: ignore[attr-defined]
        )
    return response


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Exception) -> HttpResponse:
    return _problem(
        request,
        404,
        "not_found",
        _("Not found"),
        _("There is no such record, or the agreement does not cover it."),
    )


@api.exception_handler(ValidationError)
@api.exception_handler(DjangoValidationError)
def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    detail = "; ".join(
        f"{'.'.join(str(part) for part in each['loc'][2:] or each['loc'])}: {each['msg']}"
        for each in getattr(error, "errors", [])
    )
    return _problem(
        request, 422, "invalid", _("The request is not valid"), detail or _("Check the parameters.")
    )


@api.exception_handler(Throttled)
def _throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
    response = _problem(
        request,
        429,
        "too_many",
        _("Too many requests"),
        _("Wait %(seconds)d seconds, then go on from your cursor. Nothing is lost.")
        % {"seconds": error.wait or 1},
    )
    response["Retry-After"] = str(int(error.wait or 1))
    return response


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _problem(request, error.status_code, "http", _("The request cannot be answered"), str(error))
