"""Bringing a framework, and copying one figure of a repertory by hand."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import actions, importers
from .importers.repertory import ADA


class ManyFiles(forms.FileField):
    """One or more files; `clean` gives a list."""

    class Input(forms.ClearableFileInput):
        allow_multiple_selected = True

    widget = Input

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFiles, self).clean(file, initial) for file in files or [None]]


class ImportForm(forms.Form):
    """`files` in cleaned_data is {name: bytes}, as the importers read it."""

    format = forms.ChoiceField(
        label=_("What it is"), choices=lambda: [(key, form.label) for key, form in importers.FORMATS.items()]
    )
    version = forms.RegexField(
        r"^[\w.\- ]+$",
        label=_("Version"),
        required=False,
        max_length=40,
        help_text=_("Example: 3.0. Empty takes the version that the format or the file says."),
    )
    uploads = ManyFiles(
        label=_("Files"),
        help_text=_("Its CSV files together, a ZIP with them, or one JSON file. Up to 60 MB."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("format") and cleaned.get("uploads"):
            cleaned["files"] = actions.files_of(cleaned["format"], cleaned["uploads"])
        return cleaned


class FigureForm(forms.Form):
    """One figure of a repertory that has no public copy, from its official sheet."""

    version = forms.RegexField(
        r"^[\w.\-]+$", label=_("Version of the repertory"), max_length=40, help_text=_("Example: 2026")
    )
    code = forms.RegexField(
        r"^[\w.\-]+$",
        label=_("Code of the figure"),
        max_length=40,
        help_text=_("As on the sheet. Example: 394"),
    )
    title = forms.CharField(label=_("Title"), max_length=300)
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    level = forms.ChoiceField(
        label=_("EQF level"), required=False, choices=[("", "–"), *((str(n), str(n)) for n in range(1, 9))]
    )
    ada = forms.CharField(
        label=_("ADA codes"),
        required=False,
        max_length=400,
        help_text=_("Example: ADA.24.05.04 ADA.24.05.06"),
    )
    source = forms.CharField(
        label=_("Copied from"),
        max_length=300,
        help_text=_("The sheet and the day. Example: sistema.puglia.it, scheda figura 394, 25/11/2026"),
    )

    def clean_ada(self) -> list[str]:
        codes = (
            re.split(r"[\s,;]+", self.cleaned_data["ada"].strip()) if self.cleaned_data["ada"].strip() else []
        )
        if wrong := [code for code in codes if not ADA.fullmatch(code)]:
            raise forms.ValidationError(
                _("Not an ADA code: %(codes)s"), code="figure.ada", params={"codes": ", ".join(wrong)}
            )
        return codes


class UnitForm(forms.Form):
    """One unit of competence (UC) of the figure."""

    code = forms.RegexField(r"^[\w.\-]+$", label=_("Code of the unit (UC)"), max_length=40)
    title = forms.CharField(label=_("Title"), max_length=500)
    result = forms.CharField(
        label=_("Expected result"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    abilities = forms.CharField(
        label=_("Abilities, one on each line"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    knowledge = forms.CharField(
        label=_("Knowledge, one on each line"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class BaseUnits(forms.BaseFormSet):
    def clean(self) -> None:
        codes = [form.cleaned_data["code"] for form in self.forms if form.cleaned_data.get("code")]
        if not codes:
            raise forms.ValidationError(
                _("A figure has at least one unit of competence."), code="figure.units"
            )
        if len(set(codes)) != len(codes):
            raise forms.ValidationError(_("Two units have the same code."), code="figure.twice")


UnitFormSet = forms.formset_factory(UnitForm, formset=BaseUnits, extra=2, max_num=30)
