"""What /stile/ shows: every component, where it lives and what it takes, read from the files themselves."""

import re
from dataclasses import dataclass
from pathlib import Path

from django import forms
from django.core.paginator import Page, Paginator
from django.utils import timezone
from django.utils.translation import gettext as _

from cms import icons

TEMPLATES = Path(__file__).parent / "templates"
_HEAD = re.compile(r"{% comment %}\n?(.*?)\n?{% endcomment %}", re.DOTALL)
COMPONENTS = [
    "button",
    "card",
    "alert",
    "badge",
    "progress",
    "stat",
    "field",
    "form_errors",
    "data_table",
    "breadcrumb",
    "pagination",
    "dialog",
    "empty_state",
    "icon",
]


@dataclass(frozen=True, slots=True)
class Component:
    name: str
    template: str
    stylesheet: str
    variables: str
    example: str
    source: str


def component(name: str) -> Component:
    """One component with the comment that stands at the top of its template."""
    file = TEMPLATES / "components" / f"{name}.html"
    head = _HEAD.search(file.read_text("utf-8")) if file.exists() else None
    example = f"cms/stile/{name}.html"
    return Component(
        name=name,
        template=f"components/{name}.html" if file.exists() else "cms/icons.svg",
        stylesheet=f"static/css/components/{name}.css",
        variables=head.group(1) if head else "",
        example=example,
        source=(TEMPLATES / example).read_text("utf-8"),
    )


def components() -> list[Component]:
    return [component(name) for name in COMPONENTS]


class SampleForm(forms.Form):
    """Every kind of field."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        f = self.fields
        f["name"] = forms.CharField(label=_("Name"), help_text=_("Example: Amina"))
        f["phone"] = forms.CharField(
            label=_("Telephone"),
            required=False,
            help_text=_("Example: 333 111 2222"),
            widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        )
        f["born"] = forms.DateField(
            label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
        )
        f["city"] = forms.ChoiceField(
            label=_("City"), choices=[("", _("Choose")), ("ba", "Bari"), ("le", "Lecce")]
        )
        f["about"] = forms.CharField(
            label=_("Why do you want to take this course?"),
            widget=forms.Textarea(attrs={"rows": 3}),
            required=False,
        )
        f["paper"] = forms.FileField(
            label=_("Attach a document"), required=False, help_text=_("PDF or photo, up to 10 MB")
        )
        f["when"] = forms.ChoiceField(
            label=_("When can you come?"),
            choices=[("am", _("In the morning")), ("pm", _("In the afternoon"))],
            widget=forms.RadioSelect,
        )
        f["days"] = forms.MultipleChoiceField(
            label=_("On which days?"),
            choices=[("1", _("Monday")), ("2", _("Tuesday"))],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        f["read"] = forms.BooleanField(label=_("I have read how my data are used"))


def page_of(number: int, *, pages: int = 12) -> Page:
    return Paginator(range(pages * 10), 10).page(number)


def samples() -> dict:
    """What the examples need that a template cannot make."""
    wrong = SampleForm({"name": "", "city": "ba", "when": "am", "read": "on"}, prefix="wrong")
    return {
        "form": SampleForm(initial={"name": "Amina", "when": "am"}, prefix="ok"),
        "wrong_form": wrong,
        "middle_page": page_of(6),
        "first_page": page_of(1),
        "now": timezone.now(),
        "icon_names": sorted(icons.drawings()),
        "trail": [(_("Home"), "/"), (_("Courses"), "/corsi/"), (_("Digital skills"), "")],
        "colours": [
            "ground",
            "surface",
            "surface-quiet",
            "line",
            "line-strong",
            "ink",
            "ink-soft",
            "accent",
            "accent-strong",
            "accent-soft",
            "next-ground",
            "sun",
            "success",
            "success-soft",
            "warning",
            "warning-soft",
            "danger",
            "danger-soft",
            "info",
            "info-soft",
            "focus",
        ],
    }
