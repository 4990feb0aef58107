"""Forms about other people."""

from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .. import access, queries
from ..models import Agency, CaseBasis, Role, User
from .fields import PhoneField


class FilterForm(forms.Form):
    """Search and filters of the list; what it does not understand it leaves out."""

    q = forms.CharField(label=_("Name"), required=False, max_length=100)
    agency: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Body"), queryset=None, to_field_name="uuid", required=False, empty_label=_("All")
    )
    state = forms.ChoiceField(
        label=_("Sign-in"),
        required=False,
        choices=[("", _("All")), ("never", _("Never signed in")), ("some", _("Signed in at least once"))],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = access.agencies_seen_by(user)  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """A new person."""

    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    codice_fiscale = forms.CharField(
        label=_("Codice fiscale"),
        required=False,
        max_length=20,
        help_text=_("16 letters and digits, or the provisional one of 11 digits."),
    )
    birth_date = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    phone = PhoneField(required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    agency: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("For which body"), queryset=None, to_field_name="uuid", empty_label=None
    )
    key = forms.CharField(max_length=40, widget=forms.HiddenInput, initial=lambda: uuid4().hex)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = access.agencies_to_bring_into(user)
        field = self.fields["agency"]
        field.queryset = choices  # type: ignore[attr-defined]
        field.initial = choices.first()


class RoleForm(forms.Form):
    """A role for a person in a body that the user administers."""

    agency: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Body"), queryset=None, to_field_name="uuid", empty_label=None
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = access.agencies_administered_by(user)  # type: ignore[attr-defined]


class CaseForm(forms.Form):
    """Who else follows this person."""

    professional: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Who"), queryset=None, to_field_name="uuid", empty_label=_("Choose")
    )
    basis = forms.ChoiceField(label=_("On what basis"), choices=CaseBasis.choices)

    def __init__(self, *args: Any, agencies: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["professional"].queryset = queries.case_professionals(agencies)  # type: ignore[attr-defined]


class PurposeForm(forms.Form):
    """Why the codice fiscale is needed."""

    purpose = forms.CharField(
        label=_("Why do you need it?"),
        max_length=300,
        help_text=_(
            "For example: enrolment in the course, pact of service. It is recorded, and the person can read it."
        ),
    )


class ProfileForm(forms.Form):
    """What one changes of oneself."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    phone = PhoneField(required=False, help_text=_("For codes to sign in and for urgent messages."))
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
