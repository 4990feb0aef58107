"""Choosing a competency in the editor: by code or words, in the editor's language."""

from django import forms
from django.db.models import QuerySet
from django.urls import include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from . import editing, queries
from .models import Kind


class CompetencyFilter(BaseFilterForm):
    q = forms.CharField(
        label=_("Code or words"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Example: 1.1, or password")}),
    )

    def filter(self, objects: QuerySet) -> QuerySet:
        if words := self.cleaned_data.get("q"):
            self.is_searching = True
            self.search_query = words
            return queries.search(words)
        return objects


class ListOfCompetencies:
    """Areas and competences first; statements and outcomes are found by searching."""

    filter_form_class = CompetencyFilter

    def get_object_list(self) -> QuerySet:
        return queries.search("").filter(kind__in=[Kind.AREA, Kind.PROFILE, Kind.COMPETENCE])

    @property
    def columns(self) -> list[Column]:
        return [
            *super().columns,
            Column("framework", label=_("Framework"), accessor="framework"),
            Column("kind", label=_("Kind"), accessor="get_kind_display"),
        ]


class ChooseCompetency(ListOfCompetencies, ChooseView):
    pass


class ChooseCompetencyResults(ListOfCompetencies, ChooseResultsView):
    pass


@hooks.register("register_admin_viewset")
def competency_chooser() -> ChooserViewSet:
    return ChooserViewSet(
        "competency_chooser",
        model="frameworks.Competency",
        icon="list-ul",
        choose_one_text=_("Choose a competency"),
        choose_another_text=_("Choose another competency"),
        choose_view_class=ChooseCompetency,
        choose_results_view_class=ChooseCompetencyResults,
        per_page=20,
    )


@hooks.register("register_admin_urls")
def editing_urls() -> list:
    return [path("quadri/", include((editing.urlpatterns, "frameworks_editing")))]


class FrameworksItem(MenuItem):
    """Only for who may import."""

    def is_shown(self, request) -> bool:
        return request.user.has_perm(editing.PERMISSION)


@hooks.register("register_admin_menu_item")
def frameworks_item() -> MenuItem:
    return FrameworksItem(
        _("Competency frameworks"), reverse_lazy("frameworks_editing:index"), icon_name="list-ul", order=610
    )
