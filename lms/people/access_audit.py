"""Who may search the audit trail, and which entries: the protocol's row “audit log”.

The data-protection officer reads whatever people of the network did or had done to their data; a coordinator what
people of their own body did. Nobody else: an administrator neither reads nor edits it.
"""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from lms.audit.queries import all_entries

from .access import agencies_of, has_role
from .models import Membership, Role
from .queries import network_of

READS = (Role.DATA_PROTECTION_OFFICER, Role.CONSORTIUM_COORDINATOR)


def reads_audit(user: Any) -> bool:
    return has_role(user, *READS)


def entries_visible_to(user: Any) -> QuerySet[Any]:
    """The entries that this reader may search, newest first, or 404."""
    if not reads_audit(user):
        raise Http404
    network = Membership.objects.filter(agency__in=network_of(user, Role.DATA_PROTECTION_OFFICER))
    own = Membership.objects.filter(agency__in=agencies_of(user, Role.CONSORTIUM_COORDINATOR))
    rule = Q(actor__in=network.values("user")) | Q(subject__in=network.values("user"))
    return all_entries().filter(rule | Q(actor__in=own.values("user")))
