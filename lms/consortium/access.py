"""Who may see the desk, and what of it."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404

from lms.people import access as people
from lms.people.access import Role
from lms.people.queries import active_memberships

from . import queries
from .models import Delivery, NightlyFile, NightlyIssue, Reconciliation, Subscriber


def sees_records(user: Any) -> bool:
    """The list of records and the totals: the consortium's coordinator."""
    return people.has_role(user, Role.CONSORTIUM_COORDINATOR)


def manages(user: Any) -> bool:
    """Subscribers, their secrets, and deliveries as machinery: the administrator, who sees no person."""
    return people.has_role(user, Role.ADMINISTRATOR)


def records_desk(user: Any) -> None:
    """404 unless this person may see records here."""
    if not sees_records(user):
        raise Http404


def desk(user: Any) -> None:
    """404 unless this person may see deliveries and subscribers."""
    if not (sees_records(user) or manages(user)):
        raise Http404


def _heads(user: Any) -> set[int]:
    """The networks that this person coordinates or administers, by the body at their head."""
    return {
        queries.network_head(membership.agency)
        for membership in active_memberships(user)
        if membership.role in (Role.CONSORTIUM_COORDINATOR, Role.ADMINISTRATOR)
    }


def _in_networks(user: Any, prefix: str = "") -> Q:
    heads = _heads(user)
    return Q(**{f"{prefix}agency__in": heads}) | Q(**{f"{prefix}agency__consortium__in": heads})


def subscribers_visible_to(user: Any) -> QuerySet[Subscriber]:
    """Those of the networks that this person coordinates or administers."""
    return queries.subscribers().filter(_in_networks(user))


def subscriber_for(user: Any, uuid: UUID | str) -> Subscriber:
    """The subscriber with this uuid, if subscribers_visible_to() holds it; else 404."""
    return _one(subscribers_visible_to(user), uuid)


def subscriber_to_manage(user: Any, uuid: UUID | str) -> Subscriber:
    """The subscriber with this uuid, for an administrator of its network; 404 for anybody else."""
    managing(user)
    return subscriber_for(user, uuid)


def managing(user: Any) -> None:
    """404 unless this person manages subscribers."""
    if not manages(user):
        raise Http404


def deliveries_visible_to(user: Any) -> QuerySet[Delivery]:
    """Deliveries to the subscribers that this person may see."""
    rows = Delivery.objects.select_related("subscriber", "record").filter(_in_networks(user, "subscriber__"))
    return rows.order_by("-created_at", "-id")


def delivery_for(user: Any, uuid: UUID | str) -> Delivery:
    """The delivery with this uuid, if deliveries_visible_to() holds it; else 404."""
    return _one(deliveries_visible_to(user), uuid)


def reconciliations_visible_to(user: Any) -> QuerySet[Reconciliation]:
    """Comparisons with the subscribers that this person may see, newest first."""
    rows = Reconciliation.objects.select_related("subscriber").filter(_in_networks(user, "subscriber__"))
    return rows.order_by("-made_at", "-id")


def issues_visible_to(user: Any) -> QuerySet[NightlyIssue]:
    """Nightly issues for the subscribers that this person may see, newest first."""
    rows = NightlyIssue.objects.select_related("subscriber").filter(_in_networks(user, "subscriber__"))
    return rows.order_by("-made_at", "-id")


def file_for(user: Any, uuid: UUID | str, form: str) -> NightlyFile:
    """One file of one issue, for the coordinator of its network; 404 for anybody else."""
    records_desk(user)
    return _one(issues_visible_to(user), uuid, files__form=form).files.select_related("issue").get(form=form)


def editions_to_choose(user: Any) -> QuerySet[Any]:
    """The editions that an agreement may name: those of one's networks."""
    edition = Subscriber._meta.get_field("editions").related_model
    return edition._default_manager.filter(_in_networks(user)).order_by("-starts_on", "code")


def agencies_to_choose(user: Any) -> QuerySet[Any]:
    """The bodies that may become subscribers: those of one's networks."""
    agency = Subscriber._meta.get_field("agency").related_model
    heads = _heads(user)
    return agency._default_manager.filter(Q(pk__in=heads) | Q(consortium__in=heads)).order_by("name")


def _one(rows: QuerySet[Any], uuid: UUID | str, **more: Any) -> Any:
    try:
        return rows.get(uuid=uuid, **more)
    except (rows.model.DoesNotExist, ValidationError, ValueError):
        raise Http404 from None
