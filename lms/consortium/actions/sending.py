"""Many deliveries at a time: claimed with a lease, sent over one connection for each receiver, settled together."""

import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from .. import disclosures, queries, rules, sealing
from ..models import UNFINISHED, Attempt, Delivery, DeliveryState, Outcome, Subscriber
from ..rules import Answer
from ..sender import Lines
from .reconciling import note_answer

BATCH = 100
#: What was claimed and not sent after so long goes back, so that no lease runs out in our hands.
PATIENCE = rules.LEASE / 2
#: So long the answer to "what does the agreement say, does it still cover this?" is believed.
AGREED_FOR = timedelta(seconds=2)

Clock = Callable[[], datetime]


def claim(at: datetime) -> list[Attempt]:
    """Take the next deliveries that may go, with a lease, and write a try for each. Empty when none may go now.

    Rows that another worker holds are skipped. An earlier unfinished delivery about the same person, even one
    that needs somebody, holds back the later ones: the receiver sees each person's events in order, and no
    claim holds two about the same person.
    """
    earlier = Delivery.objects.filter(
        subscriber=OuterRef("subscriber"),
        order_key=OuterRef("order_key"),
        position__lt=OuterRef("position"),
        state__in=UNFINISHED,
    )
    due = Q(state=DeliveryState.PENDING, next_attempt_at__lte=at) | Q(
        state=DeliveryState.IN_FLIGHT, lease_until__lt=at
    )
    sendable = Q(record__isnull=False) | ~Q(body="")  # else its record was deleted meanwhile
    awake = Q(subscriber__paused_until__isnull=True) | Q(subscriber__paused_until__lte=at)
    agreed = queries.agreed_on(timezone.localdate(at), "subscriber__")
    with transaction.atomic():
        deliveries = list(
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(due, sendable, awake, agreed, ~Exists(earlier))
            # Afterwards: a join would be made for everything that is due, to find the first.
            .prefetch_related("subscriber__agency", "record__person")
            .order_by("next_attempt_at", "position", "id")[:BATCH]
        )
        if not deliveries:
            return []
        interrupted = [each.pk for each in deliveries if each.state == DeliveryState.IN_FLIGHT]
        if interrupted:
            Attempt.objects.filter(delivery__in=interrupted, ended_at__isnull=True).update(
                outcome=Outcome.INTERRUPTED, ended_at=at
            )
        token = uuid.uuid4()
        Delivery.objects.filter(pk__in=[each.pk for each in deliveries]).update(
            state=DeliveryState.IN_FLIGHT,
            attempts=F("attempts") + 1,
            lease_until=at + rules.LEASE,
            lease_token=token,
        )
        for delivery in deliveries:
            delivery.attempts += 1
            delivery.lease_token = token
        return Attempt.objects.bulk_create(
            Attempt(delivery=delivery, number=delivery.attempts, started_at=at) for delivery in deliveries
        )


def send(batch: list[Attempt], lines: Lines, *, clock: Clock) -> list[Outcome]:
    """Send what was claimed and settle it; how each try ended. What could not be tried in time goes back.

    The first failure of a receiver's line in a batch ends the batch for that receiver: the rest would fail too,
    each at the cost of a time-out. What was agreed is read again while the batch is under way: where, with which
    secrets, which parts, and whether anything may go at all. A receiver that was stopped gets no more of the batch.
    """
    began = asked = clock()
    done: list[tuple[Attempt, Answer]] = []
    closed: set[int] = set()  # subscribers whose line broke, or with whom nothing is agreed any more
    keys: dict[int, list[str]] = {}
    agreed = queries.still_agreed([attempt.delivery for attempt in batch])
    for position, attempt in enumerate(batch):
        now = clock()
        if now - began > PATIENCE:
            break
        if now - asked > AGREED_FOR:
            left = [each.delivery for each in batch[position:]]
            closed |= _read_agreements_again(left, now)
            asked, agreed, keys = now, queries.still_agreed(left), {}
        delivery, subscriber = attempt.delivery, attempt.delivery.subscriber
        if subscriber.pk in closed:
            continue
        if subscriber.pk not in keys:
            keys[subscriber.pk] = rules.valid_secrets(sealing.unseal(subscriber.secrets_sealed), now)
        if delivery.pk in agreed:
            answer = _post(delivery, keys[subscriber.pk], lines, now)
        else:
            answer = Answer(problem="not_agreed")
        if not answer.line_works:
            closed.add(subscriber.pk)
        done.append((attempt, answer))
    at = clock()
    tried = {attempt.pk for attempt, _answer in done}
    _give_back([attempt for attempt in batch if attempt.pk not in tried], at=at)
    return _settle(done, at=at)


def _read_agreements_again(deliveries: list[Delivery], at: datetime) -> set[int]:
    """Let the deliveries know their subscribers as they are now; those with whom nothing is agreed any more."""
    asked = {each.subscriber_id for each in deliveries}
    agreed = queries.push_subscribers(at).filter(pk__in=asked).select_related("agency")
    found = {subscriber.pk: subscriber for subscriber in agreed}
    for each in deliveries:
        each.subscriber = found.get(each.subscriber_id, each.subscriber)
    return asked - found.keys()


def _post(delivery: Delivery, secrets: list[str], lines: Lines, at: datetime) -> Answer:
    body, delivery.fingerprint = queries.body_of(delivery)
    return lines.post(
        delivery.subscriber.endpoint,
        event_id=str(delivery.event_id),
        body=body,
        secrets=secrets,
        at=at,
    )


def _give_back(attempts: list[Attempt], *, at: datetime) -> None:
    """Undo the claim of what was never sent: no try is counted, and anybody may take it at once."""
    if not attempts:
        return
    with transaction.atomic():
        held = Delivery.objects.select_for_update().filter(
            pk__in=[each.delivery_id for each in attempts], lease_token=attempts[0].delivery.lease_token
        )
        free = list(held.values_list("pk", flat=True))
        Attempt.objects.filter(pk__in=[each.pk for each in attempts if each.delivery_id in free]).delete()
        Delivery.objects.filter(pk__in=free).update(
            state=DeliveryState.PENDING,
            attempts=F("attempts") - 1,
            next_attempt_at=at,
            lease_until=None,
            lease_token=None,
        )


def _settle(done: Iterable[tuple[Attempt, Answer]], *, at: datetime) -> list[Outcome]:
    """Write how tries ended and what follows, in one transaction. Locks the deliveries, then the subscribers.

    When a lease was lost meanwhile, the delivery belongs to whoever took it: only the try is completed, unless
    the answer was yes, which is true whoever hears it.
    """
    done = list(done)
    if not done:
        return []
    with transaction.atomic():
        rows = Delivery.objects.select_for_update().filter(pk__in=[each.delivery_id for each, _ in done])
        locked = {each.pk: each for each in rows.only(*_READ)}
        received: list[Delivery] = []
        for attempt, answer in done:
            held = locked[attempt.delivery_id]
            counted = held.attempts - held.attempts_forgiven
            verdict = rules.verdict(answer, counted, random.random())  # noqa: S311  (jitter, not a secret)
            _complete(attempt, answer, verdict, at)
            ours = held.lease_token == attempt.delivery.lease_token
            if held.state == DeliveryState.DELIVERED or not (ours or verdict.delivered):
                continue
            if verdict.delivered:
                attempt.delivery.last_status = answer.status
                received.append(attempt.delivery)
                if held.event_type == queries.RECONCILIATION:
                    note_answer(held, answer.text, at=at)
            else:
                _put_off(held, answer, verdict, at)
        _write_tries([attempt for attempt, _ in done])
        _write_received(received, locked, at)
        disclosures.delivered(received, at=at)
        for attempt, answer in done:
            _note_the_line(attempt.delivery.subscriber, answer, at)
    return [Outcome(attempt.outcome) for attempt, _ in done]


_READ = ("state", "attempts", "attempts_forgiven", "lease_token", "event_type", "fingerprint")


def _complete(attempt: Attempt, answer: Answer, verdict: rules.Verdict, at: datetime) -> None:
    attempt.ended_at = at
    attempt.outcome = (
        Outcome.DELIVERED if verdict.delivered else Outcome.PARKED if verdict.parked else Outcome.RETRY
    )
    attempt.status, attempt.problem, attempt.response_digest = answer.status, answer.problem, answer.digest


def _write_tries(attempts: list[Attempt]) -> None:
    """One insert that meets the rows written before: a statement with a case for each row costs more than the sending."""
    columns = ["ended_at", "outcome", "status", "problem", "response_digest"]
    Attempt.objects.bulk_create(attempts, update_conflicts=True, unique_fields=["id"], update_fields=columns)


def _write_received(received: list[Delivery], locked: Mapping[int, Delivery], at: datetime) -> None:
    alike = defaultdict(list)
    for each in received:
        alike[each.last_status].append(each.pk)
    for status, keys in alike.items():
        Delivery.objects.filter(pk__in=keys).update(
            state=DeliveryState.DELIVERED,
            delivered_at=at,
            last_status=status,
            last_problem="",
            lease_until=None,
            lease_token=None,
        )
    otherwise = [each for each in received if each.fingerprint != locked[each.pk].fingerprint]
    Delivery.objects.bulk_update(otherwise, ["fingerprint"])


def _put_off(delivery: Delivery, answer: Answer, verdict: rules.Verdict, at: datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.NEEDS_PERSON if verdict.parked else DeliveryState.PENDING,
        next_attempt_at=at + verdict.wait,
        last_status=answer.status,
        last_problem=answer.problem,
        lease_until=None,
        lease_token=None,
    )


def _note_the_line(subscriber: Subscriber, answer: Answer, at: datetime) -> None:
    """Count failures of the line, not of one record: a refusal of one record says that the line works."""
    rows = Subscriber.objects.filter(pk=subscriber.pk)
    if answer.line_works:
        if subscriber.failures_in_a_row or subscriber.paused_until:
            rows.update(failures_in_a_row=0, paused_until=None)
            subscriber.failures_in_a_row, subscriber.paused_until = 0, None
        return
    rows.update(failures_in_a_row=F("failures_in_a_row") + 1)
    subscriber.failures_in_a_row = rows.values_list("failures_in_a_row", flat=True).get()
    rest = max(rules.pause(subscriber.failures_in_a_row), answer.retry_after or timedelta(0))
    if rest:
        subscriber.paused_until = at + rest
        rows.update(paused_until=subscriber.paused_until)
