"""The editor, set up for people who write a page twice a year."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.ui.components import Component

from cms.models import BrandSettings, HomePage


class FirstSteps(Component):
    """The two or three things that somebody comes here for."""

    name = "first_steps"
    template_name = "cms/first_steps.html"
    order = 50

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        steps = []
        home = HomePage.objects.order_by("depth").first()
        if home is not None and home.permissions_for_user(user).can_edit():
            steps.append(
                (
                    _("Change the front page"),
                    reverse("wagtailadmin_pages:edit", args=[home.pk]),
                    _("Opening words, steps, the bodies of the network."),
                )
            )
        if home is not None and home.permissions_for_user(user).can_add_subpage():
            news = home.get_children().filter(content_type__model="newsindexpage").first()
            if news is not None:
                steps.append(
                    (
                        _("Write a piece of news"),
                        reverse("wagtailadmin_pages:add", args=["cms", "newspage", news.pk]),
                        _("A title, one sentence, a short text. You see it as on a phone."),
                    )
                )
        if user.has_perm("cms.change_brandsettings"):
            steps.append(
                (
                    _("Name, logo and colour"),
                    reverse("wagtailsettings:edit", args=["cms", BrandSettings._meta.model_name]),
                    _("What stands on every page."),
                )
            )
        steps.append(
            (_("Look at the style guide"), reverse("cms:style_guide"), _("Every component in every state."))
        )
        return {"steps": steps}


@hooks.register("construct_homepage_panels")
def only_what_helps(request: HttpRequest, panels: list[Component]) -> None:
    panels[:] = [
        panel for panel in panels if getattr(panel, "name", "") not in {"whats_new_in_wagtail_version"}
    ]
    panels.append(FirstSteps())


@hooks.register("construct_settings_menu")
def people_live_elsewhere(request: HttpRequest, menu_items: list) -> None:
    """Accounts and roles are memberships (lms.people); Wagtail's own pages for them are off."""
    menu_items[:] = [item for item in menu_items if item.name not in {"users", "groups"}]


@hooks.register("construct_help_menu")
def no_outside_help(request: HttpRequest, menu_items: list) -> None:
    """Wagtail's help leads outside; ours is the style guide and the texts beside each field."""
    menu_items[:] = [item for item in menu_items if item.name == "keyboard-shortcuts"]


@hooks.register("insert_global_admin_css")
def our_colours() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("admin.css"))
