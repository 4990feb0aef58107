"""How often one address may ask for what anybody may ask for.

The counter is allauth's, by its internal name: its public one does not count GET requests.
"""

from allauth.core.internal import ratelimit
from django.http import HttpRequest
from django.utils.translation import gettext as _

from lms.errors import Refused

#: An office stands behind one address; opening a file costs a second of work, and only two are
#: opened at once (credentials/sandbox.py).
LIMITS = {"verify": "120/m/ip", "verify_file": "30/m/ip", "share": "60/m/ip"}


def refuse_too_many(request: HttpRequest, action: str) -> None:
    """Raises Refused (429) for the visitor who asks too often."""
    if not ratelimit.consume(request, app="competencies", action=action, config=LIMITS, limit_get=True):
        raise Refused(
            "verify.too_many",
            _("Too many requests from your connection. Wait a minute and try again."),
            status=429,
        )
