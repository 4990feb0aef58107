"""Every address of the site. Fixed addresses carry no language prefix."""

from allauth.account.views import logout as leave
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from lms.people.views.signin import back_to_sign_in

urlpatterns = [
    path("", include("lms.dashboards.urls")),
    path("", include("lms.people.urls")),
    path("accedi/", include("lms.people.account_urls")),
    path("impara/", include("lms.progress.urls")),
    path("edizioni/", include("lms.enrolments.urls")),
    path("", include("lms.attendance.urls")),
    path("competenze/", include("lms.competencies.urls")),
    path("verifica/", include("lms.competencies.verification_urls")),
    path("", include("lms.competencies.issuer_urls")),
    path("consorzio/", include("lms.consortium.urls")),
    path("avvisi/", include("lms.notifications.urls")),
    path("aula/", include("live.urls")),
    path("api/v1/", include("lms.consortium.api_urls")),
    path("identita/", include("lms.consortium.identity_urls")),
    path("admin/login/", back_to_sign_in),
    path("admin/logout/", leave),
    re_path(r"^admin/password_reset/", back_to_sign_in),
    path("admin/", include(wagtailadmin_urls)),
    path("quadri/", include("courses.framework_urls")),
    path("", include("courses.urls")),
    path("", include("cms.urls")),
    path("", include(wagtail_urls)),
]

handler403 = "cms.views.forbidden"
handler404 = "cms.views.not_found"
handler500 = "cms.views.broken"
