"""What who directs a course fills in to let an inspector into a class."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..actions import PASS_HOURS


class PassForm(forms.Form):
    """A pass for one inspector and one class: for an account, or for a guest by name."""

    person = forms.ChoiceField(
        label=_("Account"),
        required=False,
        help_text=_("Leave it empty for somebody without an account here."),
    )
    name = forms.CharField(
        label=_("Name and surname of the inspector"),
        max_length=150,
        required=False,
        help_text=_("For example: Piera Rossi. It is read by everybody in the class."),
    )
    office = forms.CharField(
        label=_("Body that sends the inspector"), max_length=150, help_text=_("For example: Regione Puglia.")
    )
    hours = forms.IntegerField(
        label=_("Valid for (hours)"), min_value=1, max_value=7 * 24, initial=PASS_HOURS
    )

    def __init__(self, *args: Any, accounts: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._accounts = {str(person.uuid): person for person in accounts}
        choices = [(uuid, str(person)) for uuid, person in self._accounts.items()]
        self.fields["person"].choices = [("", _("No account: a guest")), *choices]  # type: ignore[attr-defined]

    def clean_person(self) -> Any:
        return self._accounts.get(self.cleaned_data["person"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("person") and not said.get("name", "").strip():
            self.add_error("name", _("Write the name, or choose an account."))
        return said
