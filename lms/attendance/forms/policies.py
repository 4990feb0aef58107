"""The attendance rules of an edition as one form: a field for each parameter, and where the new values come from."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import rules, wording
from ..chain import canonical, digest


class PolicyForm(forms.Form):
    """Values, the document that says them, and the day from which they hold.

    What is saved are the values that differ from today's, and those that are ticked as said by the document too.
    """

    source = forms.CharField(
        label=gettext_lazy("Where it is written"),
        max_length=200,
        help_text=gettext_lazy(
            "The notice or the law, with the article. For example: Avviso 3/2026, art. 5."
        ),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("From which day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "Classes from this day on are counted so. Pages that are closed stay as they are."
        ),
    )
    said = forms.MultipleChoiceField(
        label=gettext_lazy("Said by this document as well"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Values that do not change now, but have their source in this document."),
    )
    after_version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, policy: rules.Policy, today: date, **kwargs: Any) -> None:
        values = {name: getattr(policy, name) for name in rules.NAMES}
        start = values | {"valid_from": today, "after_version": policy.version}
        kwargs["initial"] = start | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.policy = policy
        for name in rules.NAMES:
            if field := _field(name, rules.KINDS[name]):
                self.fields[name] = field
        self.fields["said"].choices = [(name, wording.PARAMETERS[name][0]) for name in rules.NAMES]  # type: ignore[attr-defined]

    def sections(self) -> list[tuple[wording.Words, list[Any], bool]]:
        """The fields under their titles, those with one possible value as words; and whether to open that part."""
        return [
            (title, [self._row(name) for name in names], any(map(self._touched, names)))
            for title, names in wording.SECTIONS
        ]

    def _touched(self, name: str) -> bool:
        return name in self.errors or (self.is_bound and name in self.changed_data)

    def _row(self, name: str) -> dict[str, Any]:
        label, sentence = (str(words) for words in wording.PARAMETERS[name])
        if name in self.fields:
            return {"field": self[name]}
        return {
            "label": label,
            "sentence": sentence,
            "words": wording.value_words(name, getattr(self.policy, name)),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            for one, other in rules.contradictions_in(self.wanted()):
                self.add_error(
                    one,
                    _("This does not go together with “%(other)s”.")
                    % {"other": wording.PARAMETERS[other][0]},
                )
        if not self.errors and not self.parameters():
            self.add_error(None, _("Nothing differs from the rules that hold now: there is nothing to save."))
        return data

    def wanted(self) -> rules.Policy:
        """The whole policy as the form says it."""
        values = {name: self._value(name) for name in rules.NAMES}
        return rules.Policy(**values, version=self.policy.version + 1)

    def parameters(self) -> dict[str, Mapping[str, Any]]:
        """What a new version would write."""
        said, data = set(self.cleaned_data["said"]), self.cleaned_data
        return {
            name: {
                "value": list(value) if isinstance(value, tuple) else value,
                "source": data["source"].strip(),
                "valid_from": data["valid_from"].isoformat(),
            }
            for name in rules.NAMES
            if (value := self._value(name)) != getattr(self.policy, name) or name in said
        }

    def mark(self) -> str:
        """Changes when what would be saved changes: who saves must have seen the effect of just this."""
        return digest(canonical({"parameters": self.parameters(), "after": self.policy.version}))

    @property
    def was_seen(self) -> bool:
        return self.cleaned_data["seen"] == self.mark()

    def _value(self, name: str) -> Any:
        if name not in self.fields:
            return getattr(self.policy, name)
        value = self.cleaned_data[name]
        if isinstance(rules.KINDS[name], rules.Several):
            return tuple(word for word in rules.KINDS[name].words if word in value)  # type: ignore[union-attr]
        return value


def _field(name: str, kind: Any) -> forms.Field | None:
    """The field for one parameter; none where only one value is possible."""
    label, sentence = (str(words) for words in wording.PARAMETERS[name])
    if isinstance(kind, rules.Whole):
        return forms.IntegerField(
            label=label,
            help_text=sentence,
            min_value=kind.lowest,
            max_value=kind.highest,
            required=not kind.optional,
            widget=forms.NumberInput(attrs={"class": "short-number"}),
        )
    if isinstance(kind, rules.Flag):
        return forms.BooleanField(label=label, help_text=sentence, required=False)
    choices = [(word, wording.choice_words(name, word)) for word in kind.words]
    if isinstance(kind, rules.Several):
        return forms.MultipleChoiceField(
            label=label,
            help_text=sentence,
            choices=choices,
            required=kind.least > 0,
            widget=forms.CheckboxSelectMultiple,
        )
    if len(kind.words) > 1:
        return forms.ChoiceField(label=label, help_text=sentence, choices=choices)
    return None
