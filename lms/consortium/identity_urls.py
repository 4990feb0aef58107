"""Where machines get their tokens, below /identita/.

Only what client credentials need is mounted: nobody signs in elsewhere with an account of ours, so the
addresses for that do not exist. The names are allauth's, so that its views find each other.
"""

import json

from allauth.account.adapter import get_adapter
from allauth.core.internal import httpkit
from allauth.idp.oidc import views
from allauth.idp.oidc.models import Token
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from ninja.throttling import SimpleRateThrottle

from . import queries


class PerAddress(SimpleRateThrottle):
    """A limit for each calling address, the one behind our proxy: checking a secret costs a slow hash."""

    def get_cache_key(self, request: HttpRequest) -> str:
        return f"throttle_token_{get_adapter().get_client_ip(request)}"


def _unusable(request: HttpRequest) -> HttpResponse | None:
    """The answer to who asks too often, or with what no database can look for."""
    if not PerAddress("30/m").allow_request(request):
        return JsonResponse({"error": "slow_down"}, status=429, headers={"Retry-After": "60"})
    basic, _secret = httpkit.extract_basic_auth(request.headers)
    if any("\0" in each for each in (basic or "", *request.POST.values())):
        return JsonResponse({"error": "invalid_request"}, status=400, headers={"Cache-Control": "no-store"})
    return None


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """allauth's token endpoint behind a limit, and for nobody whose agreement does not hold today."""
    if refused := _unusable(request):
        return refused
    answer = views.token(request)
    if answer.status_code == 200 and (reason := _refused(answer)):
        return JsonResponse({"error": reason}, status=400, headers={"Cache-Control": "no-store"})
    return answer


def _refused(answer: HttpResponse) -> str:
    """Why the token just given is taken back, as an error of OAuth2; empty when an agreement stands behind it."""
    given = Token.objects.by_value(json.loads(answer.content)["access_token"])
    holder = given.values_list("client", flat=True).get()
    subscriber = queries.subscriber_of_client(holder, at=timezone.now())
    if subscriber is not None and subscriber.scopes:
        return ""
    given.delete()
    return "unauthorized_client" if subscriber is None else "invalid_scope"


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """allauth's, behind the same limit: it checks a secret too."""
    return _unusable(request) or views.revoke(request)


_oidc = (
    [path("token", token, name="token"), path("revoke", revoke, name="revoke")],
    "oidc",
)
app_name = "idp"
urlpatterns = [path("", include(_oidc))]
