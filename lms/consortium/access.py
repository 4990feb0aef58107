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


_EITHER = (Role.CONSORTIUM_COORDINATOR, Role.ADMINISTRATOR)


def _heads(user: Any, *roles: Role) -> set[int]:
    """The networks in which this person has one of these roles, by the body at their head.

    A role counts in its own network: who administers one and coordinates another sees no records of the first.
    """
    return {
        queries.network_head(membership.agency)
        for membership in active_memberships(user)
        if membership.role in roles
    }


def _in_networks(user: Any, prefix: str = "", roles: tuple[Role, ...] = _EITHER) -> Q:
    heads = _heads(user, *roles)
    return Q(**{f"{prefix}agency__in": heads}) | Q(**{f"{prefix}agency__consortium__in": heads})


def subscribers_visible_to(user: Any) -> QuerySet[Subscriber]:
    """Those of the networks that this person coordinates or administers."""
    return queries.subscribers().filter(_in_networks(user))


def subscriber_for(user: Any, uuid: UUID | str) -> Subscriber:
    """The subscriber with this uuid, if subscribers_visible_to() holds it; else 404."""
    return _one(subscribers_visible_to(user), uuid)


def subscribers_managed_by(user: Any) -> QuerySet[Subscriber]:
    """Those of the networks that this person administers."""
    return Subscriber.objects.filter(_in_networks(user, roles=(Role.ADMINISTRATOR,)))


def subscriber_to_manage(user: Any, uuid: UUID | str) -> Subscriber:
    """The subscriber with this uuid, for an administrator of its network; 404 for anybody else."""
    return _one(queries.subscribers().filter(pk__in=subscribers_managed_by(user).values("pk")), uuid)


def manages_subscriber(user: Any, subscriber: Subscriber) -> bool:
    """Does this person administer the network of this subscriber?"""
    return queries.network_head(subscriber.agency) in _heads(user, Role.ADMINISTRATOR)


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


def issues_open_to(user: Any) -> QuerySet[NightlyIssue]:
    """Those whose files this person may take away: of the networks that they coordinate."""
    coordinated = _in_networks(user, "subscriber__", (Role.CONSORTIUM_COORDINATOR,))
    return issues_visible_to(user).filter(coordinated)


def file_for(user: Any, uuid: UUID | str, form: str) -> NightlyFile:
    """One file of one issue in issues_open_to(); else 404."""
    issue = _one(issues_open_to(user), uuid, files__form=form)
    return issue.files.select_related("issue").get(form=form)


def editions_to_choose(user: Any) -> QuerySet[Any]:
    """The editions of one's networks, to be counted."""
    edition = Subscriber._meta.get_field("editions").related_model
    return edition._default_manager.filter(_in_networks(user)).order_by("-starts_on", "code")


def editions_to_agree(user: Any) -> QuerySet[Any]:
    """The editions that an agreement may name: those of the networks that one administers."""
    return editions_to_choose(user).filter(_in_networks(user, roles=(Role.ADMINISTRATOR,)))


def agencies_to_choose(user: Any) -> QuerySet[Any]:
    """The bodies that may become subscribers: those of the networks that one administers."""
    agency = Subscriber._meta.get_field("agency").related_model
    heads = _heads(user, Role.ADMINISTRATOR)
    return agency._default_manager.filter(Q(pk__in=heads) | Q(consortium__in=heads)).order_by("name")


def _one(rows: QuerySet[Any], uuid: UUID | str, **more: Any) -> Any:
    try:
        return rows.get(uuid=uuid, **more)
    except (rows.model.DoesNotExist, ValidationError, ValueError):
        raise Http404 from None
