"""What professionals and learners fill in about editions."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms.utils import from_current_timezone
from django.utils.translation import gettext_lazy as _

from courses.queries import live_courses, outline
from lms.people.queries import agencies as all_agencies

from . import queries, rules
from .models import Edition, EnrolmentStatus, Mode, StaffRole


def _choice(form: forms.BaseForm, name: str) -> "forms.ModelChoiceField[Any]":
    return cast("forms.ModelChoiceField[Any]", form.fields[name])


DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class EditionFilter(forms.Form):
    """Search of the list of editions; all of it lives in the address."""

    q = forms.CharField(label=_("Search by code or title"), required=False, max_length=100)
    phase = forms.ChoiceField(
        label=_("When"),
        required=False,
        choices=[
            ("", _("All")),
            (rules.RUNNING, _("Running")),
            (rules.UPCOMING, _("To start")),
            (rules.ENDED, _("Ended")),
        ],
    )

    def apply(self, editions: QuerySet, today: date) -> QuerySet:
        """The editions that were asked for; a wrong filter is no filter."""
        wanted = self.cleaned_data if self.is_valid() else {}
        if words := wanted.get("q"):
            editions = editions.filter(Q(code__icontains=words) | Q(title__icontains=words))
        match wanted.get("phase"):
            case rules.RUNNING:
                editions = editions.filter(starts_on__lte=today, ends_on__gte=today)
            case rules.UPCOMING:
                editions = editions.filter(starts_on__gt=today)
            case rules.ENDED:
                editions = editions.filter(ends_on__lt=today)
        return editions


class PeopleFilter(forms.Form):
    """Search among the people of one edition."""

    q = forms.CharField(label=_("Search by name"), required=False, max_length=100)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Enrolled")), ("all", _("All")), *EnrolmentStatus.choices],
    )

    def apply(self, enrolments: QuerySet) -> QuerySet:
        wanted = self.cleaned_data if self.is_valid() else {}
        status = wanted.get("status") or EnrolmentStatus.ACTIVE
        if status != "all":
            enrolments = enrolments.filter(status=status)
        for word in (wanted.get("q") or "").split():
            enrolments = enrolments.filter(
                Q(person__first_name__icontains=word) | Q(person__last_name__icontains=word)
            )
        return enrolments.order_by("person__last_name", "person__first_name", "id")


class EditionForm(forms.ModelForm):
    """What may change in an edition that runs."""

    class Meta:
        model = Edition
        fields = [
            "title",
            "starts_on",
            "ends_on",
            "capacity",
            "mode",
            "place",
            "cup",
            "notice",
            "applications_open",
        ]
        widgets = {"starts_on": DATE, "ends_on": DATE}
        help_texts = {
            "capacity": _("When places are added, whoever waits gets them in order."),
            "notice": _("Example: Avviso 3/2026 Work in Puglia"),
        }


class NewEditionForm(EditionForm):
    """A new run of a course."""

    class Meta(EditionForm.Meta):
        fields = ["course", "agency", "code", *EditionForm.Meta.fields]
        labels = {"course": _("Course"), "agency": _("Training body")}
        help_texts = EditionForm.Meta.help_texts | {
            "code": _("Letters, numbers and dashes. Example: DIGI-2026-02")
        }

    def __init__(self, *args: Any, agencies: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("Leave it empty to use the title of the course.")
        _choice(self, "course").queryset = live_courses().order_by("title")
        _choice(self, "agency").queryset = all_agencies().filter(pk__in=agencies)
        if len(list(agencies)) == 1:
            self.fields["agency"].initial = next(iter(agencies))


class MoveForm(forms.Form):
    """When a class is held, in the time of Italy: `starts_at` and `ends_at` of the cleaned data."""

    day = forms.DateField(label=_("Day"), widget=DATE)
    start = forms.TimeField(
        label=_("Starts at"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    end = forms.TimeField(label=_("Ends at"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))

    def clean(self) -> dict[str, Any]:
        """An hour that the change of the clock skips or repeats is refused by name."""
        cleaned = super().clean() or {}
        if {"day", "start", "end"} <= cleaned.keys():
            for name in ("start", "end"):
                try:
                    moment = from_current_timezone(datetime.combine(cleaned["day"], cleaned[name]))
                except ValidationError as error:
                    self.add_error(name, error)
                else:
                    cleaned[f"{name}s_at"] = moment
        return cleaned


class ClassForm(MoveForm):
    """One class of the timetable."""

    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("Example: Writing an e-mail together")
    )
    trainer: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=_("Trainer"), queryset=None, to_field_name="uuid"
    )
    module_key = forms.TypedChoiceField(label=_("Module"), required=False, coerce=UUID, empty_value=None)
    mode = forms.ChoiceField(
        label=_("Mode"), choices=[choice for choice in Mode.choices if choice[0] != Mode.OWN_TIME]
    )
    place = forms.CharField(label=_("Place"), required=False, max_length=200)
    field_order = ("title", "day", "start", "end")

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "trainer").queryset = queries.trainers_of(edition)
        modules = [(module.key, module.title) for module in outline(edition.course).modules]
        cast(forms.ChoiceField, self.fields["module_key"]).choices = [("", _("None in particular")), *modules]
        self.fields["mode"].initial = edition.mode if edition.mode != Mode.OWN_TIME else Mode.ONLINE
        self.fields["place"].initial = edition.place

    def planned(self) -> dict[str, Any]:
        """The arguments of actions.plan_class."""
        names = ("title", "starts_at", "ends_at", "trainer", "module_key", "mode", "place")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("Learners read it. Example: the trainer is ill.")
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("The person reads it. No details of health or family."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class EditionStaffForm(forms.Form):
    """A task for a professional."""

    role = forms.ChoiceField(label=_("Task"), choices=StaffRole.choices)
    user: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=_("Person"), queryset=None, to_field_name="uuid"
    )
    expires_at = forms.DateTimeField(
        label=_("Until"),
        required=False,
        help_text=_("Only for an inspector, who must have an end."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "user").queryset = queries.professionals_for(edition)


class ReferForm(forms.Form):
    """A person whom one follows, and the agency in whose name."""

    person: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=_("Person"), queryset=None, to_field_name="uuid"
    )
    agency: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=_("On behalf of"), queryset=None, to_field_name="uuid"
    )

    def __init__(self, *args: Any, people: QuerySet, agencies: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "person").queryset = people.order_by("last_name", "first_name")
        mine = all_agencies().filter(pk__in=agencies)
        _choice(self, "agency").queryset = mine
        self.fields["agency"].initial = mine.first()


class ApplyForm(forms.Form):
    message = forms.CharField(
        label=_("Do you want to tell us something?"),
        required=False,
        max_length=1000,
        help_text=_("Example: I can come only in the morning."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
