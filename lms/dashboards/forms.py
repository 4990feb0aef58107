"""The filter of the list of people."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from . import access
from .queries import PersonRow


class PeopleFilter(forms.Form):
    """All fields are optional and travel in the address."""

    q = forms.CharField(label=_("Name"), required=False, max_length=100)
    edition = forms.ChoiceField(label=_("Course"), required=False)
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("Everybody")),
            ("call", _("Who needs a call")),
            ("absent", _("Who missed classes")),
            ("over", _("Courses that are over")),
        ],
    )

    def __init__(self, data: Any, *, enrolments: QuerySet) -> None:
        super().__init__(data)
        editions = (
            enrolments.order_by("edition__code").values_list("edition__code", "edition__title").distinct()
        )
        self.fields["edition"].choices = [  # type: ignore[attr-defined]
            ("", _("All courses")),
            *((code, f"{title} ({code})") for code, title in editions),
        ]

    def _asked(self, name: str) -> str:
        return self.cleaned_data.get(name, "") if self.is_bound and self.is_valid() else ""

    def narrow(self, enrolments: QuerySet, *, at: datetime) -> QuerySet:
        going_on = access.current(enrolments, at=at)
        if self._asked("show") == "over":
            enrolments = enrolments.exclude(pk__in=going_on.values("pk"))
        elif not self._asked("edition"):
            enrolments = going_on
        for word in self._asked("q").split():
            enrolments = enrolments.filter(
                Q(person__first_name__icontains=word) | Q(person__last_name__icontains=word)
            )
        if self._asked("edition"):
            enrolments = enrolments.filter(edition__code=self._asked("edition"))
        return enrolments

    def narrow_rows(self, rows: Iterable[PersonRow]) -> list[PersonRow]:
        show = self._asked("show")
        return [
            row
            for row in rows
            if show in {"", "over"} or (show == "call" and row.reason) or (show == "absent" and row.absences)
        ]
