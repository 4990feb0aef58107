"""What the templates of lesson blocks need: {% load lesson %}.

Blocks get `files` (courses.files.Addresses) in their context; the block picker's previews have none and show
the author's addresses.
"""

import mimetypes

from django import template
from django.utils.translation import gettext as _

from courses.files import AUTHOR

register = template.Library()


@register.inclusion_tag("courses/blocks/picture.html", takes_context=True)
def picture(context: template.Context, image, alt: str = "", sizes: str = "(min-width: 48rem) 44rem, 100vw"):
    """An <img> with a srcset from the closed list of sizes, and its width and height."""
    files = context.get("files", AUTHOR)
    shown = min(image.width, 800)
    return {
        "src": files.image(image, 800),
        "srcset": files.srcset(image),
        "sizes": sizes,
        "alt": alt,
        "width": shown,
        "height": round(image.height * shown / image.width),
    }


@register.simple_tag(takes_context=True)
def file_url(context: template.Context, kind: str, file) -> str:
    return getattr(context.get("files", AUTHOR), kind)(file)


@register.filter
def mime(file) -> str:
    """ "video/mp4", from the file's name."""
    return mimetypes.guess_type(file.filename)[0] or "application/octet-stream"


@register.filter
def file_kind(document) -> str:
    """ "PDF", or "DOCX"."""
    return document.file_extension.upper() or _("File")


@register.filter
def minutes(seconds: float) -> int:
    """Seconds of film as minutes, at least one."""
    return max(1, round(seconds / 60)) if seconds else 0


@register.simple_tag
def is_given(answers, key: str) -> bool:
    """Whether this answer's key is among the saved ones (a list, or one key)."""
    return key == answers if isinstance(answers, str) else key in (answers or ())
