"""The filters of the audit trail."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..verbs import VERBS


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class AuditFilter(forms.Form):
    """Who, whose, what, why, when; what does not make sense is no filter."""

    actor = forms.CharField(label=_("Who"), required=False, max_length=100)
    subject = forms.CharField(label=_("Whose data"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_("Did what"),
        required=False,
        choices=[("", _("Read or wrote")), ("read", _("Read")), ("write", _("Wrote"))],
    )
    verb = forms.ChoiceField(label=_("What"), required=False)
    purpose = forms.CharField(label=_("Why, or about what"), required=False, max_length=100)
    since = _day(_("From"))
    until = _day(_("To"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(((verb, str(known.title)) for verb, known in VERBS.items()), key=lambda row: row[1])
        self.fields["verb"].choices = [("", _("Everything")), *named]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """The filters that make sense; days as moments in Rome, the last one included."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        if "since" in found:
            found["since"] = _midnight(found["since"])
        if "until" in found:
            found["until"] = _midnight(found["until"] + timedelta(days=1))
        return found

    def in_words(self) -> str:
        """What was searched, for the entry that searching leaves."""
        self.is_valid()
        return ", ".join(
            f"{field.label}: {self.cleaned_data[name]}"
            for name, field in self.fields.items()
            if self.cleaned_data.get(name)
        )


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())
