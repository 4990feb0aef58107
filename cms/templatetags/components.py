"""The components of the look: each is a template with its variables listed at its top.

These tags are template builtins: no page loads them. `/stile/` shows every one in every state.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, widgets
from django.template import Context
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cms import icons

register = template.Library()


def _render(name: str, variables: Mapping[str, Any]) -> SafeString:
    """A component sees its own variables and nothing of the page around it."""
    return SafeString(get_template(f"components/{name}.html").template.render(Context(dict(variables))))


def _attributes(given: Mapping[str, Any]) -> SafeString:
    """data_action="x" becomes data-action="x"; True is a bare attribute; False, None and "" are left out."""
    kept = [(key.replace("_", "-"), value) for key, value in given.items() if value not in (False, None, "")]
    return format_html_join(
        "", "{}", ((format_html(" {}", k) if v is True else format_html(' {}="{}"', k, v),) for k, v in kept)
    )


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """An inline drawing. It never stands alone: `label` is for the rare place where no word is beside it."""
    return icons.svg(str(name), size=str(size), label=str(label))


@register.simple_tag
def button(
    label: str,
    href: str = "",
    variant: str = "primary",
    type: str = "submit",
    name: str = "",
    value: str = "",
    icon: str = "",
    size: str = "",
    disabled: bool = False,
    **attributes: Any,
) -> SafeString:
    return _render(
        "button",
        {
            "label": label,
            "href": href,
            "variant": variant,
            "type": type,
            "name": name,
            "value": value,
            "icon": icon,
            "size": size,
            "disabled": disabled,
            "attributes": _attributes(attributes),
        },
    )


@register.simple_block_tag
def card(
    content: str,
    title: str = "",
    href: str = "",
    level: int = 2,
    variant: str = "",
    eyebrow: str = "",
    icon: str = "",
) -> SafeString:
    return _render(
        "card",
        {
            "content": SafeString(content.strip()),
            "title": title,
            "href": href,
            "level": level,
            "variant": variant,
            "eyebrow": eyebrow,
            "icon": icon,
        },
    )


@register.simple_tag
def breadcrumb(items: Iterable[tuple[str, str]]) -> SafeString:
    return _render("breadcrumb", {"items": [{"label": label, "url": url} for label, url in items or ()]})


ALERT_ICONS = {"info": "info", "success": "check-circle", "warning": "warning", "danger": "error"}


@register.simple_block_tag
def alert(content: str, level: str = "info", title: str = "", live: bool = False) -> SafeString:
    level = level if level in ALERT_ICONS else "info"
    return _render(
        "alert",
        {
            "content": SafeString(content.strip()),
            "level": level,
            "title": title,
            "icon": ALERT_ICONS[level],
            "live": live,
        },
    )


CHOICES = (widgets.RadioSelect, widgets.CheckboxSelectMultiple)


@register.simple_tag
def field(bound: BoundField, label: str = "", help: str = "") -> SafeString:
    """One form field with label, help, error and control. Hidden fields come out bare."""
    widget = bound.field.widget
    if bound.is_hidden:
        return SafeString(str(bound))
    if isinstance(widget, CHOICES):
        kind = "choices"
    elif isinstance(widget, widgets.CheckboxInput):
        kind = "check"
    elif isinstance(widget, widgets.Select):
        kind = "select"
    else:
        kind = "text"
    return _render(
        "field",
        {
            "field": bound,
            "kind": kind,
            "label": label or bound.label,
            "help": help or bound.help_text,
            "required": bound.field.required,
            "several": isinstance(widget, widgets.CheckboxSelectMultiple),
        },
    )


@register.simple_tag
def form_errors(form: BaseForm, focus: bool = True) -> SafeString:
    """What is wrong, at the top of the form, each with a link to its field. Nothing when all is well."""
    if not form.is_bound or form.is_valid():
        return SafeString("")
    wrong = [
        {"label": form[name].label, "id": form[name].id_for_label or form[name].auto_id, "errors": errors}
        for name, errors in form.errors.items()
        if name in form.fields and not form[name].is_hidden
    ]
    return _render("form_errors", {"general": form.non_field_errors(), "wrong": wrong, "focus": focus})


@register.simple_block_tag
def data_table(
    content: str, caption: str = "", variant: str = "cards", hide_caption: bool = False, id: str = ""
) -> SafeString:
    return _render(
        "data_table",
        {"content": content, "caption": caption, "variant": variant, "hide_caption": hide_caption, "id": id},
    )


@register.simple_tag
def progress(
    value: float,
    max: float = 100,
    label: str = "",
    words: str = "",
    size: str = "",
    mark: float | None = None,
) -> SafeString:
    """`words` says the same in words ("18 ore su 40"); `mark` draws the point that is enough."""
    top = float(max or 0) or 1.0
    share = min(100, round(float(value or 0) / top * 100))
    return _render(
        "progress",
        {
            "value": f"{float(value or 0):g}",
            "max": f"{top:g}",
            "percent": share,
            "label": label,
            "words": words,
            "size": size,
            "enough": None if mark is None else f"{min(100.0, float(mark) / top * 100):.1f}",
        },
    )


BADGE_ICONS = {"success": "check", "warning": "warning", "danger": "error", "locked": "lock"}


@register.simple_tag
def badge(label: str, level: str = "neutral", icon: str = "") -> SafeString:
    return _render("badge", {"label": label, "level": level, "icon": icon or BADGE_ICONS.get(level, "")})


@register.simple_block_tag
def empty_state(
    content: str, title: str = "", icon: str = "", action_label: str = "", action_href: str = ""
) -> SafeString:
    return _render(
        "empty_state",
        {
            "content": SafeString(content.strip()),
            "title": title,
            "icon": icon,
            "action_label": action_label,
            "action_href": action_href,
        },
    )


@register.simple_tag(takes_context=True)
def pagination(context: Context, page_obj: Page, param: str = "page", label: str = "") -> SafeString:
    """Previous, numbers, next; the rest of the query string is kept. Nothing for a single page."""
    if page_obj.paginator.num_pages < 2:
        return SafeString("")
    request = context.get("request")
    query = request.GET.copy() if request is not None else None

    def address(number: int) -> str:
        if query is None:
            return f"?{param}={number}"
        query[param] = str(number)
        return f"?{query.urlencode()}"

    numbers = [
        {"number": n, "url": address(n) if isinstance(n, int) else "", "current": n == page_obj.number}
        for n in page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    ]
    return _render(
        "pagination",
        {
            "label": label,
            "numbers": numbers,
            "previous": address(page_obj.previous_page_number()) if page_obj.has_previous() else "",
            "next": address(page_obj.next_page_number()) if page_obj.has_next() else "",
        },
    )


@register.simple_block_tag
def dialog(
    content: str, id: str, title: str, trigger: str, variant: str = "secondary", icon: str = ""
) -> SafeString:
    return _render(
        "dialog",
        {
            "content": content,
            "id": id,
            "title": title,
            "trigger": trigger,
            "variant": variant,
            "icon": icon,
        },
    )


@register.simple_tag
def stat(value: Any, label: str, note: str = "", href: str = "", level: str = "") -> SafeString:
    return _render("stat", {"value": value, "label": label, "note": note, "href": href, "level": level})
