"""Pages that are no page of the tree: choices of language and look, errors, robots.txt, the manifest."""

from pathlib import PurePath
from urllib.parse import urlsplit

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseForbidden,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cms.appearance import CONTRASTS, COOKIE, SIZES, Appearance, appearance_of
from cms.brand import accent_css
from cms.chrome import chrome_for
from cms.models import BrandSettings
from cms.style_guide import components, samples

LOGO_TYPES = {".png": "image/png", ".webp": "image/webp", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
A_YEAR = 60 * 60 * 24 * 365


def _from_here(request: HttpRequest) -> bool:
    """Whether the browser says that the form was on a page of this site.

    These two forms stand on every page, also on those that are kept whole for everybody and so can hold no
    CSRF token. They change nothing but how this browser sees the site.
    """
    site = request.headers.get("sec-fetch-site")
    if site:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin") or request.headers.get("referer", "")
    return not origin or urlsplit(origin).netloc == request.get_host()


def _back(request: HttpRequest) -> HttpResponseRedirect:
    for target in (request.POST.get("next", ""), request.headers.get("referer", "")):
        if target and url_has_allowed_host_and_scheme(
            target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return HttpResponseRedirect(target)
    return HttpResponseRedirect("/")


def _remember(response: HttpResponse, request: HttpRequest, name: str, value: str) -> HttpResponse:
    response.set_cookie(
        name, value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=False
    )
    return response


@csrf_exempt
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """The language of the interface, kept in this browser."""
    if not _from_here(request):
        return HttpResponseForbidden()
    language = request.POST.get("language", "")
    response = _back(request)
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        _remember(response, request, settings.LANGUAGE_COOKIE_NAME, language)
    return response


@csrf_exempt
@require_POST
def choose_appearance(request: HttpRequest) -> HttpResponse:
    """Text size and contrast, kept in this browser."""
    if not _from_here(request):
        return HttpResponseForbidden()
    now = appearance_of(request)
    size, contrast = request.POST.get("size", now.size), request.POST.get("contrast", now.contrast)
    chosen = Appearance(
        size if size in SIZES else now.size, contrast if contrast in CONTRASTS else now.contrast
    )
    return _remember(_back(request), request, COOKIE, str(chosen))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Asks nothing of the database or the session: they may be what is broken."""
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def brand_css(request: HttpRequest) -> HttpResponse:
    """The accent of this body, when it is not the one of tokens.css. Its address changes with the colour."""
    response = HttpResponse(accent_css(chrome_for(request).accent_version), content_type="text/css")
    patch_cache_control(response, public=True, max_age=A_YEAR, immutable=True)
    return response


def logo(request: HttpRequest) -> HttpResponse:
    """The logo of this body. A picture and nothing else, whatever was uploaded."""
    setting = BrandSettings.objects.filter(site__is_default_site=True).exclude(logo="").first()
    kind = LOGO_TYPES.get(PurePath(setting.logo.name).suffix.lower()) if setting else None
    if setting is None or kind is None or not setting.logo.storage.exists(setting.logo.name):
        raise Http404
    response = FileResponse(setting.logo.open("rb"), content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, public=True, max_age=A_YEAR, immutable=True)
    return response


def manifest(request: HttpRequest) -> JsonResponse:
    """So that a phone can keep Ponte on its first screen."""
    name = chrome_for(request).name
    response = JsonResponse(
        {
            "name": name,
            "short_name": name[:12],
            "lang": settings.LANGUAGE_CODE,
            "start_url": "/",
            "display": "standalone",
            "background_color": "#fbf8f2",
            "theme_color": "#fbf8f2",
            "icons": [{"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
        },
        content_type="application/manifest+json",
    )
    patch_cache_control(response, public=True, max_age=3600)
    return response


CLOSED = ("admin", "accedi", "impara", "aula", "presenze", "registri", "oggi", "api", "stile")


def robots(request: HttpRequest) -> HttpResponse:
    """Where a search engine has nothing to find."""
    lines = ["User-agent: *", *(f"Disallow: /{room}/" for room in CLOSED)]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('cms:sitemap'))}")
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    patch_cache_control(response, public=True, max_age=3600)
    return response


def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for who works on the look. `?lang=en&theme=dark` to see it otherwise."""
    if not (request.user.is_superuser or request.user.has_perm("wagtailadmin.access_admin")):
        raise Http404
    language = request.GET.get("lang", "")
    theme = request.GET.get("theme", "")
    language = language if language in dict(settings.LANGUAGES) else translation.get_language()
    with translation.override(language):
        return render(
            request,
            "cms/style_guide.html",
            {
                "components": components(),
                "language": language,
                "theme": theme if theme in {"light", "dark"} else "",
                **samples(),
            },
        )
