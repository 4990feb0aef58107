"""The way in: static files from memory of their names, HTTP in one thread hop into the WSGI stack, websockets to
Channels.

Stock ASGI with synchronous middleware makes about fifteen thread hops a request and keeps no database
connection (docs/decisions/0004-one-hop-http.md).
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

wsgi = get_wsgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402

from live.routing import websocket  # noqa: E402
from lms.service.bridge import OneHop  # noqa: E402
from lms.service.static import with_static_files  # noqa: E402

pages = OneHop(wsgi, threads=settings.PAGE_THREADS, max_body=settings.MAX_BODY_BYTES)
application = ProtocolTypeRouter({"http": with_static_files(pages), "websocket": websocket})
