"""How Wagtail's editor behaves for courses."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import SubmitForModerationMenuItem
from wagtail.admin.widgets import Button
from wagtail.models import Page
from wagtail.permissions import policy_registry
from wagtail.rich_text.pages import PageLinkHandler

from courses.models import CoursePage, LessonPage, ModulePage, QuizPage
from courses.permissions import author_group
from courses.views import mapping

WITHOUT_ADDRESS = (ModulePage, LessonPage, QuizPage)


class SafePageLinkHandler(PageLinkHandler):
    """A link to a page with no public address comes out as plain words, not as href="None"."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict]) -> list[str]:
        return [
            f'<a href="{escape(url)}">' if page and (url := page.localized.specific.url) else "<a>"
            for page in cls.get_many(attrs_list)
        ]


@hooks.register("register_rich_text_features", order=10)
def links_without_address(features) -> None:
    features.register_link_type(SafePageLinkHandler)


@hooks.register("construct_page_chooser_queryset")
def choose_among_what_one_may_see(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Everybody's pages, and one's own: never another author's drafts, modules or lessons.

    For a link in a text (the chooser then offers external links too) nothing without an address is offered,
    not even one's own.
    """
    if "allow_external_link" in request.GET:
        return pages.not_type(*WITHOUT_ADDRESS)
    if request.user.is_superuser:
        return pages
    own = policy_registry.get_by_type(Page).instances_user_has_any_permission_for(
        request.user, ["add", "change", "publish"]
    )
    everybodys = Page.objects.live().public().not_type(*WITHOUT_ADDRESS)
    return pages.filter(Q(pk__in=own.values("pk")) | Q(pk__in=everybodys.values("pk")))


class SendForReview(SubmitForModerationMenuItem):
    """The first button of who cannot publish, in words that need no manual."""

    label = _("Send for review")

    def get_context_data(self, parent_context):
        return {**super().get_context_data(parent_context), "label": self.label}


@hooks.register("construct_page_action_menu")
def review_comes_first(menu_items: list, request: HttpRequest, context: dict) -> None:
    """A trainer's primary button sends the page for review; who may publish keeps Wagtail's order."""
    names = [item.name for item in menu_items]
    if "action-publish" in names or "action-submit" not in names:
        return
    menu_items.pop(names.index("action-submit"))
    menu_items.insert(0, SendForReview(order=0))


@hooks.register("after_copy_page")
def copied_course_gets_its_own_authors(request: HttpRequest, page: Page, new_page: Page) -> None:
    """A copied course starts with its own group, collection and workflow, which copying does not bring."""
    if isinstance(new_page.specific, CoursePage):
        author_group(new_page.specific)


@hooks.register("register_admin_urls")
def mapping_urls() -> list:
    return [path("corsi/<int:pk>/competenze/", mapping.course, name="course_mapping")]


@hooks.register("register_page_header_buttons")
def mapping_button(page: Page, user, view_name: str, next_url: str | None = None):
    """From the course, and from the modules and quizzes inside it, to the page that maps them."""
    if isinstance(page.specific_deferred, CoursePage) and page.permissions_for_user(user).can_edit():
        yield Button(
            _("Competencies of the course"),
            reverse("course_mapping", args=[page.pk]),
            icon_name="list-ul",
            priority=12,
        )
