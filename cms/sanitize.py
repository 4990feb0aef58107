"""The one door to bleach, the required cleaner, whose upstream is archived.

rich_text()  on output, after Wagtail has expanded its links and embeds: both cleaners would strip `linktype`
             and `<embed>` from the stored form. It is not cheap: callers keep the result per revision.
user_html()  on write, for HTML that a person pasted: bleach, then nh3, two parsers that must agree.
plain()      for chat and names: kept as typed, escaped once when shown (plain_html).
"""

import re
import unicodedata

import nh3
from bleach.callbacks import nofollow
from bleach.linkifier import Linker
from bleach.sanitizer import Cleaner
from django.utils.html import escape
from django.utils.safestring import SafeString

PROTOCOLS = frozenset({"http", "https", "mailto", "tel"})


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_TEXT_TAGS = _set(
    "a abbr b blockquote br code dd del dl dt em h2 h3 h4 h5 hr i li mark ol p pre s small strong sub sup u ul"
)
_RICH_TAGS = _TEXT_TAGS | _set(
    "div figcaption figure img span table caption thead tbody tfoot tr th td audio video source track"
)
_RICH_ATTRIBUTES = {
    "*": ["class", "lang", "dir", "title"],
    "a": ["href", "rel", "target", "download", "hreflang"],
    "img": ["src", "alt", "width", "height", "loading"],
    "td": ["colspan", "rowspan", "headers"],
    "th": ["colspan", "rowspan", "headers", "scope"],
    "ol": ["start", "reversed", "type"],
    "audio": ["src", "controls", "preload"],
    "video": ["src", "controls", "preload", "poster", "width", "height"],
    "source": ["src", "type"],
    "track": ["src", "kind", "srclang", "label", "default"],
}
_USER_ATTRIBUTES = {"a": ["href", "title"], "abbr": ["title"], "*": ["lang", "dir"]}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufeff]")
# Marks that turn the reading order of what follows (a name that reads backwards, a file that hides its ending).
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def _rich_cleaner() -> Cleaner:
    return Cleaner(
        tags=_RICH_TAGS, attributes=_RICH_ATTRIBUTES, protocols=PROTOCOLS, strip=True, strip_comments=True
    )


def rich_text(html: str) -> SafeString:
    """Expanded rich text of Wagtail → safe HTML. Links inside the site, images and media stay."""
    # A Cleaner is not safe to share between threads; making one costs less than one paragraph's parsing.
    return SafeString(_without_scripts(_rich_cleaner(), html or ""))


def user_html(html: str) -> str:
    """HTML that somebody gave → the little of it that is text. For storing: what is kept is already clean."""
    cleaner = Cleaner(
        tags=_TEXT_TAGS, attributes=_USER_ATTRIBUTES, protocols=PROTOCOLS, strip=True, strip_comments=True
    )
    return nh3.clean(
        _without_scripts(cleaner, html or ""),
        tags=set(_TEXT_TAGS),
        attributes={tag: set(names) for tag, names in _USER_ATTRIBUTES.items()},
        url_schemes=set(PROTOCOLS),
        link_rel="nofollow noopener",
    )


def plain(text: str, *, limit: int | None = None, one_line: bool = False) -> str:
    """Text as typed, without what no keyboard types: `a < b & <3` stays exactly that.

    Nothing is escaped here: the template does it, once, when the text is shown.
    """
    text = unicodedata.normalize("NFC", text or "").replace("\r\n", "\n").replace("\r", "\n")
    text = _BIDI.sub("", _CONTROL.sub("", text))
    if one_line:
        text = " ".join(text.split())
    text = text.strip()
    return text[:limit] if limit is not None else text


def plain_html(text: str) -> SafeString:
    """plain() text → HTML: escaped once, web addresses and e-mail made links, new lines kept."""
    linker = Linker(callbacks=[nofollow, _opens_safely], parse_email=True, skip_tags=set())
    return SafeString(linker.linkify(str(escape(text or ""))).replace("\n", "<br>"))


_DROPPED_WHOLE = re.compile(
    r"<(script|style|template|noscript|svg|math|iframe|object|embed|title|textarea|xmp|noembed|noframes|plaintext)\b"
    r".*?(?:</\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)


def _without_scripts(cleaner: Cleaner, html: str) -> str:
    """bleach with strip=True keeps the text inside <script>: harmless, but nobody wants to read it."""
    previous = None
    while previous != html:
        previous, html = html, _DROPPED_WHOLE.sub("", html)
    return cleaner.clean(html)


def _opens_safely(attrs: dict, new: bool = False) -> dict:
    attrs[(None, "rel")] = "nofollow noopener"
    return attrs
