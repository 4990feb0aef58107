"""The forms of the classroom: a line, a poll, slides to bring."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import (
    LONGEST_CHOICE,
    LONGEST_LINE,
    LONGEST_PAGE_TEXT,
    LONGEST_QUESTION,
    LONGEST_TITLE,
    MOST_CHOICES,
    PollKind,
)


class LineForm(forms.Form):
    text = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST_LINE,
        widget=forms.TextInput(
            attrs={"placeholder": _("Write to the class"), "autocomplete": "off", "enterkeyhint": "send"}
        ),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    to = forms.ChoiceField(
        choices=[("all", _("To everybody")), ("staff", _("To the trainer only"))], required=False
    )
    thread = forms.UUIDField(required=False)


class PollForm(forms.Form):
    question = forms.CharField(
        label=_("Question"),
        help_text=_("For example: “Which key locks the screen?”"),
        max_length=LONGEST_QUESTION,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=_("How people answer"), choices=PollKind.choices, initial=PollKind.ONE, widget=forms.RadioSelect
    )
    choices = forms.CharField(
        label=_("Answers, one per line"),
        help_text=_("From 2 to 8 answers. Leave it empty when people write a word."),
        required=False,
        max_length=MOST_CHOICES * (LONGEST_CHOICE + 20),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        lines = [line.strip() for line in data.get("choices", "").splitlines() if line.strip()]
        data["choices"] = lines
        if data.get("kind") == PollKind.WORD or "choices" in self.errors:
            return data
        if not 2 <= len(dict.fromkeys(lines)) <= MOST_CHOICES:
            self.add_error(
                "choices",
                _("Write from 2 to %(most)s different answers, one per line.") % {"most": MOST_CHOICES},
            )
        elif any(len(line) > LONGEST_CHOICE for line in lines):
            self.add_error(
                "choices",
                _("An answer is longer than %(most)s letters. Make it shorter.") % {"most": LONGEST_CHOICE},
            )
        return data


class TitleForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE)


class PageTextForm(forms.Form):
    """What stands on one page, for who does not see it."""

    text = forms.CharField(
        label=_("What the page says or shows"),
        max_length=LONGEST_PAGE_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DeskForm(forms.Form):
    """One act of staff on the people of a class."""

    NEEDS_PERSON = frozenset({"remove", "readmit", "voice", "hand"})

    person = forms.UUIDField(required=False)
    prompt = forms.UUIDField(required=False)
    key = forms.UUIDField(required=False)
    reason = forms.CharField(required=False, max_length=200)

    def clean_key(self) -> UUID:
        return self.cleaned_data["key"] or uuid4()


class VisitForm(forms.Form):
    """What an inspector writes of the visit."""

    minutes_number = forms.CharField(required=False, max_length=60)
    note = forms.CharField(required=False, max_length=1000)
