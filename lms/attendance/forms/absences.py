"""What is filled in about absences: a justification, its decision, its papers, a recovery class."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.enrolments.queries import Mode, trainers_of

from ..reasons import REASONS


class AbsenceFilter(forms.Form):
    """The filters of the list; an unknown value is no filter."""

    q = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("asked", gettext_lazy("To decide")),
            ("accepted", gettext_lazy("Accepted")),
            ("refused", gettext_lazy("Not accepted")),
        ],
    )

    def asked(self, name: str) -> str:
        self.is_valid()
        return self.cleaned_data.get(name, "")


class JustificationForm(forms.Form):
    """Which classes, why, in what words; a document where the reader may keep one."""

    classes = forms.MultipleChoiceField(
        label=gettext_lazy("Classes missed, or that will be missed"), widget=forms.CheckboxSelectMultiple
    )
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("In their words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Only what is needed. Never the name of an illness."),
    )
    paper_seen = forms.BooleanField(label=gettext_lazy("I have seen the document on paper"), required=False)

    def __init__(
        self, *args: Any, classes: list[tuple[str, str]], reasons: Iterable[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["classes"]).choices = classes
        cast(forms.ChoiceField, self.fields["reason"]).choices = [
            (code, REASONS[code].label) for code in reasons
        ]


class DecisionForm(forms.Form):
    """The answer to a justification."""

    why = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "The person reads it. It is asked for when you do not accept, or accept a late one."
        ),
    )


class PaperForm(forms.Form):
    """A document that proves an absence."""

    paper = forms.FileField(
        label=gettext_lazy("Document"),
        max_length=200,
        help_text=gettext_lazy("A PDF, or a photo as JPEG or PNG, up to 10 MB. It is kept encrypted."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )


class OpenPaperForm(forms.Form):
    """Why a document is opened."""

    purpose = forms.CharField(
        label=gettext_lazy("Why do you open it?"),
        max_length=300,
        help_text=gettext_lazy(
            "For example: to decide on the absence. It is recorded, and the person can read it."
        ),
    )


class RecoveryForm(forms.Form):
    """A class that makes up for a missed one, in the time of Italy, and who is expected there."""

    people = forms.MultipleChoiceField(
        label=gettext_lazy("Who makes up for it"), widget=forms.CheckboxSelectMultiple
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    start = forms.TimeField(
        label=gettext_lazy("From (time)"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    end = forms.TimeField(
        label=gettext_lazy("To (time)"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    trainer: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Trainer"), queryset=None, to_field_name="uuid"
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Mode"), choices=[choice for choice in Mode.choices if choice[0] != Mode.OWN_TIME]
    )
    place = forms.CharField(label=gettext_lazy("Place"), required=False, max_length=200)

    def __init__(self, *args: Any, missed: Any, absentees: Iterable[Any], **kwargs: Any) -> None:
        start = {
            "title": (_("Recovery: %(title)s") % {"title": missed.title})[:200],
            "trainer": missed.trainer.uuid,
            "mode": missed.mode,
            "place": missed.place,
        }
        kwargs["initial"] = start
        super().__init__(*args, **kwargs)
        rows = list(absentees)
        people = cast(forms.MultipleChoiceField, self.fields["people"])
        people.choices = [(str(row.enrolment.uuid), row.words) for row in rows]
        people.initial = [str(row.enrolment.uuid) for row in rows if not row.recovery and not row.minutes]
        cast("forms.ModelChoiceField[Any]", self.fields["trainer"]).queryset = trainers_of(missed.edition)

    def clean(self) -> dict[str, Any]:
        """An hour that the change of the clock skips or repeats is refused by name."""
        cleaned = super().clean() or {}
        if {"day", "start", "end"} <= cleaned.keys():
            for name in ("start", "end"):
                try:
                    cleaned[f"{name}s_at"] = from_current_timezone(
                        datetime.combine(cleaned["day"], cleaned[name])
                    )
                except ValidationError as error:
                    self.add_error(name, error)
        return cleaned

    def planned(self) -> dict[str, Any]:
        """The arguments of enrolments.actions.plan_recovery, but for the people."""
        names = ("title", "starts_at", "ends_at", "trainer", "mode", "place")
        return {name: self.cleaned_data[name] for name in names}
