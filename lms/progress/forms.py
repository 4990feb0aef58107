"""What learners send."""

from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _


class StudyForm(forms.Form):
    """Where in the lesson the reader is."""

    position = forms.IntegerField(min_value=0, max_value=9999, required=False)


class SubmitForm(forms.Form):
    """The sitting that is handed in."""

    key = forms.UUIDField()


class NoteForm(forms.Form):
    """A note to the tutor about one class."""

    session = forms.UUIDField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    text = forms.CharField(
        label=_("What is wrong?"),
        max_length=500,
        help_text=_("Example: I was there until the end."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def answer_from(post: QueryDict) -> list[str] | str:
    """The answer in a posted question page: the text typed, or the choices taken."""
    if "text" in post:
        return str(post["text"])
    return [str(key) for key in post.getlist("choice")]
