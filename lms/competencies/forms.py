"""Forms of awarding, revoking, showing and verifying."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lms.errors import Refused

from . import wording
from .actions import DAYS
from .actions.received import kind_of_file
from .credentials.reading import MAX_BYTES
from .models import ReceivedKind, RevocationReason, Seen, StatusReason
from .queries import facts_of


class AwardForm(forms.Form):
    """The trainer's yes to what stands on the page: `seen` is the fingerprint of the evidence shown."""

    seen = forms.CharField(widget=forms.HiddenInput)
    confirm = forms.BooleanField(
        label=_("I have looked at the evidence and I confirm it"),
        error_messages={
            "required": _("Tick the box: a competency is awarded by a person, not by the software.")
        },
    )


class ProposeForm(forms.Form):
    """The trainer's proposal: `seen` is the fingerprint of the evidence shown."""

    seen = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("For who decides"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stays in the house. Example: she also did it with a new phone."),
    )


class ObserveForm(forms.Form):
    """What a trainer saw."""

    seen = forms.ChoiceField(label=_("What you saw"), choices=Seen.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What the person did"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One or two sentences, only about this competency. Example: wrote and sent an e-mail with a photo."
        ),
        error_messages={"required": _("Write what the person did.")},
    )
    seen_on = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class SendBackForm(forms.Form):
    """What is missing."""

    reason = forms.CharField(
        label=_("What is missing"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The trainer reads it. Example: the quiz of the second module has to be repeated."),
        error_messages={"required": _("Write what is missing, so that the trainer knows.")},
    )


class RectifyForm(forms.Form):
    """What was wrong in an award, and how it is right."""

    prefix = "right"
    level = forms.ModelChoiceField(
        queryset=None, label=_("The right level"), required=False, empty_label=None
    )
    code = forms.ChoiceField(
        label=_("Why"),
        choices=RevocationReason.choices,
        initial=RevocationReason.WRONG_LEVEL,
        widget=forms.RadioSelect,
        help_text=_("The reason travels with the record, to everybody who received it."),
    )
    reason = forms.CharField(
        label=_("What was wrong"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stays here and is never delivered."),
        error_messages={"required": _("Write what was wrong.")},
    )

    def __init__(self, *args, level, levels, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].queryset = levels
        self.fields["level"].initial = level
        self.fields["level"].label_from_instance = lambda row: row.local_title


class ReceiveForm(forms.Form):
    """What another body issued, as its document says."""

    kind = forms.ChoiceField(label=_("What it is"), choices=ReceivedKind.choices, widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("What it certifies"),
        max_length=300,
        help_text=_("As on the document. Example: Operatore della pulizia, UC 394-1"),
    )
    goal = forms.ChoiceField(label=_("Competency of the course"), required=False)
    body = forms.CharField(
        label=_("Body that issued it"),
        max_length=200,
        help_text=_("The body entitled (ente titolato), in full."),
    )
    body_code = forms.CharField(label=_("Its accreditation code"), max_length=60, required=False)
    number = forms.CharField(label=_("Number or protocol"), max_length=80)
    issued_on = forms.DateField(
        label=_("Issued on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    document = forms.FileField(
        label=_("The document"),
        help_text=_("PDF, or a photo as JPEG or PNG, up to 10 MB. It is kept sealed."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={"required": _("Choose the document first.")},
    )

    def __init__(self, *args, goals, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._goals = {str(goal.competency.uuid): goal for goal in goals}
        self.fields["goal"].choices = [("", _("None of these"))] + [
            (key, f"{goal.competency.code} {goal.competency.local_title}")
            for key, goal in self._goals.items()
        ]

    def clean_document(self):
        file = self.cleaned_data["document"]
        if file is not None:
            try:
                kind_of_file(content := file.read())
            except Refused as refusal:
                raise forms.ValidationError(refusal.sentence, code="received.file") from refusal
            return content
        return None

    def words(self) -> dict:
        """The arguments of actions.receive()."""
        taken = ("kind", "title", "body", "body_code", "number", "issued_on", "document")
        goal = self._goals.get(self.cleaned_data["goal"])
        return {name: self.cleaned_data[name] for name in taken} | {
            "competency": goal.competency if goal else None,
            "level": goal.level if goal else None,
        }


class CorrectForm(ReceiveForm):
    """The same put right, with the reason; or taken out."""

    take_out = forms.BooleanField(label=_("Only take it out: it does not belong here"), required=False)
    reason = forms.CharField(
        label=_("Why it is corrected"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why it is corrected.")},
    )

    def __init__(self, *args, about, **kwargs) -> None:
        goal = str(about.competency.uuid) if about.competency else ""
        names = ("kind", "title", "body", "body_code", "number", "issued_on")
        first = {name: getattr(about, name) for name in names} | {"goal": goal}
        super().__init__(*args, initial=first, **kwargs)
        self.fields["document"].required = False
        self.fields["document"].label = _("Another document, if the file was wrong")


class RevokeForm(forms.Form):
    """Why an award is taken back."""

    reason = forms.ChoiceField(
        label=_("Why"),
        choices=RevocationReason.choices,
        widget=forms.RadioSelect,
        help_text=_("The reason travels with the record, to everybody who received it."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stays here and is never delivered. Example: wrong person on the list of 12 November."),
    )


class SuspendForm(forms.Form):
    """Why an award does not count for now."""

    reason = forms.ChoiceField(label=_("Why"), choices=StatusReason.choices, widget=forms.RadioSelect)


class ShareForm(forms.Form):
    """What a person shows, and for how long."""

    records = forms.MultipleChoiceField(
        label=_("What to show"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one competency to show.")},
    )
    days = forms.TypedChoiceField(
        label=_("How long the link works"),
        coerce=int,
        choices=[(days, ngettext_lazy("%d day", "%d days", days) % days) for days in DAYS],
        initial=DAYS[1],
        widget=forms.RadioSelect,
    )
    label = forms.CharField(
        label=_("For whom"),
        required=False,
        max_length=100,
        help_text=_("Only you read it. Example: job interview at the bakery."),
    )

    def __init__(self, *args, records, chosen, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._records = {str(record.uuid): record for record in records}
        self.fields["records"].choices = [
            (key, _choice_words(record)) for key, record in self._records.items()
        ]
        self.fields["records"].initial = [key for key in chosen if key in self._records] or list(
            self._records
        )

    def clean_records(self) -> list:
        return [self._records[key] for key in self.cleaned_data["records"]]


def _choice_words(record) -> str:
    facts = facts_of(record)
    words = facts.title if facts.code else f"{record.get_kind_display()}: {facts.course}"
    return f"{words} ({facts.level})" if facts.level else words


class VisitorForm(forms.Form):
    """Who opens a link."""

    said = forms.CharField(
        label=_("Who are you?"),
        max_length=120,
        min_length=3,
        help_text=_("Your name and where you work. Example: Lucia Bianchi, Forno Bianchi, Ostuni."),
        error_messages={"required": _("Write who you are: the person will see it.")},
    )


class FileForm(forms.Form):
    """A certificate to verify."""

    file = forms.FileField(
        label=_("The file that the person received"),
        help_text=_("PDF, badge picture (PNG or SVG) or JSON file, up to 5 MB. We do not keep it."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.svg,.json,.jwt"}),
        error_messages={"required": _("Choose a file first."), "empty": wording.problem_later("empty")},
    )

    def clean_file(self):
        if self.cleaned_data["file"].size > MAX_BYTES:
            raise forms.ValidationError(wording.problem("size"), code="size")
        return self.cleaned_data["file"]


class NumberForm(forms.Form):
    """The number of a certificate."""

    number = forms.UUIDField(
        label=_("The number on the certificate"),
        help_text=_("36 letters and digits with dashes, at the foot of the page."),
        error_messages={
            "required": _("Write the number first."),
            "invalid": _("This is not a whole number of a certificate: compare it letter by letter."),
        },
    )


class SearchForm(forms.Form):
    """The filters of the trainer's list."""

    search = forms.CharField(label=_("Name"), required=False, max_length=100)
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("Everybody")),
            ("todo", _("Nothing awarded yet")),
            ("awarded", _("Something awarded")),
        ],
    )
