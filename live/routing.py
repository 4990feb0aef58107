"""The websocket's address, and who may knock: pages of this site only."""

from urllib.parse import urlsplit

from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.urls import path

from .consumers import ClassroomConsumer


class OwnOrigin:
    """Lets a socket through when the page that opens it came from the host it was sent to, or from the site.

    Browsers always send Origin; whoever sends none is not a page of ours. (The validator of Channels allows every
    origin where ALLOWED_HOSTS is "*", as in development.)
    """

    def __init__(self, inside) -> None:
        self.inside = inside

    async def __call__(self, scope, receive, send):
        headers = dict(scope["headers"])
        origin = urlsplit(headers.get(b"origin", b"").decode("latin-1"))
        host = headers.get(b"host", b"").decode("latin-1")
        site = urlsplit(settings.SITE_URL)
        known = origin.scheme in {"http", "https"} and origin.netloc in {host, site.netloc}
        if not (known and origin.netloc):
            return await WebsocketDenier()(scope, receive, send)
        return await self.inside(scope, receive, send)


websocket = OwnOrigin(URLRouter([path("ws/aula/<uuid:room_id>/", ClassroomConsumer.as_asgi())]))
