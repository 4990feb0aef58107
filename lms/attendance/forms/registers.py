"""What professionals and inspectors fill in about a register, and what anybody sends to have it checked."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Particulars, VidimationKind
from .proof import ProofField

_DATE = {"type": "date"}
LARGEST_PAPER = 30 * 1024 * 1024


class ProofForm(forms.Form):
    """A signature."""

    secret = ProofField()


class ParticularsForm(forms.ModelForm):
    """The cover of a register, beyond what the edition already says."""

    class Meta:
        model = Particulars
        fields = [
            "protocol",
            "protocol_on",
            "region",
            "tax_code",
            "accreditation",
            "seat",
            "representative",
            "activity_id",
            "figure",
            "hours_presence",
            "hours_online",
            "hours_own",
            "hours_stage",
        ]
        widgets = {"protocol_on": forms.DateInput(attrs=_DATE, format="%Y-%m-%d")}
        help_texts = {
            "protocol": _("For example: 2026/1234, as the act of approval says."),
            "region": _("For example: Puglia."),
            "tax_code": _("For example: 01234567890."),
            "accreditation": _("As on the regional list of accredited bodies."),
            "seat": _("For example: via Roma 12, 72015 Fasano."),
            "representative": _("Who signs the declaration of the D.P.R. 445/2000."),
            "activity_id": _("As the region's information system names it."),
            "figure": _("For example: Operatore d'ufficio, ADA.24.05.04."),
            "hours_presence": _("Whole hours. Leave it empty when the notice does not say."),
        }


class VidimationForm(forms.Form):
    """The stamp of an office, or its electronic equivalent."""

    kind = forms.ChoiceField(label=_("Kind"), choices=VidimationKind.choices, widget=forms.RadioSelect)
    office = forms.CharField(
        label=_("Office"), max_length=150, help_text=_("For example: Regione Puglia, Sezione Formazione.")
    )
    number = forms.CharField(label=_("Number"), max_length=60)
    stamped_on = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"))
    protocol = forms.CharField(
        label=_("Protocol"), max_length=80, help_text=_("For example: AOO_137/2026/55.")
    )


class StudyPageForm(forms.Form):
    """Up to which day the page of own study goes, that day included."""

    last_day = forms.DateField(
        label=_("Up to and including"), widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    )

    def clean_last_day(self) -> Any:
        day = self.cleaned_data["last_day"]
        if day >= timezone.localdate():
            raise ValidationError(_("This day is not over yet. Choose yesterday, or an earlier day."))
        return day

    def until(self) -> datetime:
        """The midnight after that day, in Rome, whatever the clocks do."""
        return timezone.make_aware(
            datetime.combine(self.cleaned_data["last_day"] + timedelta(days=1), time.min)
        )


class IdentityForm(forms.Form):
    """Of whom an inspector asks the last characters of the codice fiscale, and why."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=None, to_field_name="uuid", empty_label="–")
    purpose = forms.CharField(
        label=_("Why do you need it?"),
        max_length=300,
        help_text=_("It is recorded, and the person can read it."),
    )

    def __init__(self, *args: Any, people: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class ReportForm(forms.Form):
    """The report of an inspection."""

    number = forms.CharField(label=_("Number of the report"), max_length=60)
    inspected_on = forms.DateField(
        label=_("Day of the inspection"), widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    )
    session = forms.ChoiceField(label=_("Class that was visited"), required=False)
    name = forms.CharField(label=_("Name and surname"), max_length=150)
    office = forms.CharField(label=_("Body (ente)"), max_length=150)
    text = forms.CharField(
        label=_("What was found"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "It becomes an entry of the register and is never changed. Do not write about people's health."
        ),
    )

    def __init__(self, *args: Any, classes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].choices = [("", _("None: the register as a whole")), *classes]


class CheckForm(forms.Form):
    """What anybody sends to have it checked: a code, or a paper."""

    code = forms.CharField(
        label=_("Code of the register"),
        max_length=50,
        required=False,
        help_text=_("For example: REG-DIG-2026-01."),
    )
    paper = forms.FileField(
        label=_("Or the PDF"),
        required=False,
        help_text=_("It is read here and not kept."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )

    def clean_paper(self) -> Any:
        paper = self.cleaned_data["paper"]
        if paper and paper.size > LARGEST_PAPER:
            raise ValidationError(_("This file is larger than 30 MB: it is not a register of ours."))
        return paper

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and not said.get("code", "").strip() and not said.get("paper"):
            raise ValidationError(_("Write the code of a register, or choose its PDF."))
        return said
