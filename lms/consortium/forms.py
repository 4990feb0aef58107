"""Forms of the desk."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from . import queries
from .models import Access, DeliverableKind, DeliveryState, RecordPart, Subscriber

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_LAST = 2**63 - 1


class RecordFilter(forms.Form):
    """The filters of the list of records; what cannot be read filters nothing."""

    edition = forms.CharField(required=False, max_length=40)
    framework = forms.CharField(required=False, max_length=60)
    municipality = forms.CharField(required=False, max_length=100)
    month = forms.CharField(required=False, max_length=7)
    search = forms.CharField(label=_("Competency"), required=False, max_length=100)

    def clean_month(self) -> str:
        month = self.cleaned_data["month"]
        return month if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month) and month > "1900" else ""

    def asked(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class DeliveryFilter(forms.Form):
    """The filters of the list of deliveries."""

    state = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("trouble", _("In trouble")), ("", _("All deliveries")), *DeliveryState.choices],
    )
    subscriber = forms.UUIDField(required=False)

    def asked(self) -> dict[str, str]:
        self.is_valid()
        return {name: str(self.cleaned_data.get(name) or "") for name in self.fields}


class SubscriberForm(forms.ModelForm):
    """Who receives what, where and on what basis."""

    kinds = forms.MultipleChoiceField(
        label=_("What it receives"),
        choices=DeliverableKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Nothing ticked is nothing sent."),
    )

    parts = forms.MultipleChoiceField(
        label=_("Parts of each record"),
        choices=RecordPart.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("What was awarded, to whom and by whom always goes. Tick only what the purpose needs."),
    )

    access = forms.MultipleChoiceField(
        label=_("What its system may do"),
        choices=Access.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "For a system that fetches: its tokens get these scopes and no others, and of records only what it receives."
        ),
    )

    class Meta:
        model = Subscriber
        fields = [
            "name",
            "agency",
            "purpose",
            "legal_basis",
            "valid_from",
            "valid_until",
            "endpoint",
            "files",
            "kinds",
            "parts",
            "access",
            "people",
            "all_editions",
            "editions",
        ]
        widgets = {
            "editions": forms.CheckboxSelectMultiple,
            "people": forms.RadioSelect,
            "valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "valid_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, agencies: QuerySet[Any], editions: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]
        self.fields["editions"].queryset = editions  # type: ignore[attr-defined]
        if self.instance.pk:
            del self.fields["agency"]


class StretchForm(forms.Form):
    """Which part of the feed goes again: from one day to another, or from one place to another."""

    first_day = forms.DateField(label=_("From day"), required=False, widget=_DAY)
    last_day = forms.DateField(label=_("to day"), required=False, widget=_DAY)
    first_place = forms.IntegerField(
        label=_("or from place in the feed"), required=False, min_value=1, max_value=_LAST
    )
    last_place = forms.IntegerField(label=_("to place"), required=False, min_value=1, max_value=_LAST)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        days = data.get("first_day"), data.get("last_day")
        places = data.get("first_place"), data.get("last_place")
        if self.errors:
            return data
        given: list[tuple[Any, Any]] = [pair for pair in (days, places) if any(pair)]
        if len(given) != 1 or not all(given[0]):
            raise forms.ValidationError(
                _("Give two days, or two places in the feed: the first and the last.")
            )
        first, last = given[0]
        if first > last:
            raise forms.ValidationError(_("The first comes after the last. Change them round."))
        data["stretch"] = queries.Stretch(first, last)
        return data


class FigureFilter(forms.Form):
    """What figures are grouped by."""

    by = forms.ChoiceField(
        label=_("Group by"),
        required=False,
        choices=[(name, label) for name, (label, _path) in queries.DIMENSIONS.items()],
    )

    def asked(self) -> str:
        return (self.cleaned_data.get("by") if self.is_valid() else "") or "municipality"
