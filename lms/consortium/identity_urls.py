"""Where machines get their tokens, below /identita/.

Only what client credentials need is mounted: nobody signs in elsewhere with an account of ours, so the
addresses for that do not exist. The names are allauth's, so that its views find each other.
"""

from allauth.idp.oidc import views
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from ninja.throttling import SimpleRateThrottle


class PerAddress(SimpleRateThrottle):
    """A limit for each calling address: checking a secret costs a slow hash."""

    def get_cache_key(self, request: HttpRequest) -> str:
        return f"throttle_token_{request.META.get('REMOTE_ADDR', '')}"


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """allauth's token endpoint behind a limit."""
    if not PerAddress("30/m").allow_request(request):
        return JsonResponse({"error": "slow_down"}, status=429, headers={"Retry-After": "60"})
    return views.token(request)


_oidc = (
    [path("token", token, name="token"), path("revoke", views.revoke, name="revoke")],
    "oidc",
)
app_name = "idp"
urlpatterns = [path("", include(_oidc))]
