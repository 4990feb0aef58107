"""What professionals fill in about a class."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .. import rules
from .proof import ProofField


class ClassFilter(forms.Form):
    """The filters of the list of classes; an unknown value is no filter."""

    edition = forms.ChoiceField(label=_("Edition"), required=False)
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All until today")),
            (rules.ENDED, _("To close")),
            (rules.OPEN, _("Under way")),
            (rules.CLOSED, _("Closed")),
            (rules.PLANNED, _("Planned")),
        ],
    )

    def __init__(self, *args: Any, editions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["edition"].choices = [("", _("All editions")), *editions]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """The filters that make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class CloseForm(forms.Form):
    """What the closer writes on the page."""

    topic = forms.CharField(
        label=_("Topic done"),
        max_length=300,
        help_text=_("For example: how to send an e-mail with an attachment."),
    )
    incidents = forms.CharField(
        label=_("Technical incidents"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: the line was down from 15:20 to 15:26."),
    )
    previewed = forms.CharField(widget=forms.HiddenInput, max_length=64)
    secret = ProofField(label=_("To sign: your password, or the code of your authenticator app"))

    def __init__(self, *args: Any, signs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not signs:  # somebody else signs first
            del self.fields["secret"]


class BreakForm(forms.Form):
    """A pause, as times of the day of the class."""

    starts_at = forms.TimeField(
        label=_("From (time)"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends_at = forms.TimeField(
        label=_("To (time)"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


class AmendForm(forms.Form):
    """A rectification: new minutes for whoever is wrong, and the reason."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What happened and how you know. It stays in the register for ever."),
    )

    def __init__(self, *args: Any, lines: list[Any], most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self.fields[f"minutes_{line.enrolment}"] = forms.IntegerField(
                label=line.name, min_value=0, max_value=most, initial=line.minutes, required=False
            )

    def rows(self) -> list[tuple[Any, Any]]:
        """Each line with its field."""
        return [(line, self[f"minutes_{line.enrolment}"]) for line in self.lines]

    def changes(self) -> list[dict[str, Any]]:
        """Only what differs from the page as it stands."""
        wanted = ((line, self.cleaned_data.get(f"minutes_{line.enrolment}")) for line in self.lines)
        return [
            {"enrolment": line.enrolment, "minutes": minutes}
            for line, minutes in wanted
            if minutes is not None and minutes != line.minutes
        ]
