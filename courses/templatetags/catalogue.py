"""What the catalogue's templates ask for: {% load catalogue %}."""

from django import template
from django.conf import settings
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe

from cms.chrome import chrome_for
from courses import catalogue as pages
from courses.models import CatalogueIndexPage, CoursePage

register = template.Library()


@register.simple_tag(takes_context=True)
def browse(context: template.Context, index: CatalogueIndexPage) -> pages.Found:
    """{% browse page as found %}: one page of the catalogue, as the address asks."""
    return pages.browse(index, context["request"].GET)


@register.simple_tag
def course_view(course: CoursePage) -> pages.CourseView:
    """{% course_view page as view %}: modules, competencies and editions of one course."""
    return pages.view_of(course)


@register.simple_tag(takes_context=True)
def structured_data(context: template.Context, view: pages.CourseView) -> SafeString:
    request = context["request"]
    provider = chrome_for(request).name or settings.SITE_NAME
    # JSON with <, > and & escaped: it cannot end the script element it stands in.
    return mark_safe(pages.structured_data(view, request, provider))  # noqa: S308


@register.simple_tag
def card_url(course: CoursePage, size: str = "card") -> str:
    return pages.card_url(course, size)


@register.filter
def hours(value) -> str:
    """ "20", "7,5": a decimal without needless noughts."""
    return number_format(f"{value.normalize():f}" if value else "0", use_l10n=True)
