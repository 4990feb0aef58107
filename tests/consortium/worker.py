"""A delivery worker as a process of its own, for a test that kills it: `python -m tests.consortium.worker`."""

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from lms.consortium import actions  # noqa: E402

settings.CONSORTIUM_ALLOW_PRIVATE_ENDPOINTS = True
print(f"ready {connection.vendor}", flush=True)
print(actions.deliver_pending(at=timezone.now()), flush=True)
