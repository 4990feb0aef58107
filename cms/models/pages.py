"""Pages of the site that are about no course."""

from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.blocks import HomeBody, InfoBody


class SitePage:
    """What every page of the site gives its template, and how its editor previews it: on a phone first."""

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds the trail to this page, and both languages: a page may be in another than the interface."""
        context = super().get_context(request, *args, **kwargs)  # type: ignore[misc]
        ancestors = self.get_ancestors().filter(depth__gt=1)  # type: ignore[attr-defined]
        context["trail"] = [(page.title, page.get_url(request)) for page in ancestors] + [(self.title, "")]  # type: ignore[attr-defined]
        context["page_language"] = self.locale.language_code  # type: ignore[attr-defined]
        context["interface_language"] = get_language()
        return context

    @property
    def preview_sizes(self) -> list[dict[str, Any]]:
        return [
            {"name": "mobile", "icon": "mobile-alt", "device_width": 360, "label": _("Phone, 360 pixels")},
            {"name": "tablet", "icon": "tablet-alt", "device_width": 768, "label": _("Tablet")},
            {"name": "desktop", "icon": "desktop", "device_width": 1280, "label": _("Desk")},
        ]

    @property
    def default_preview_size(self) -> str:
        return "mobile"


class HomePage(SitePage, Page):
    """The front page of the site, for who is not signed in."""

    hero_title = models.CharField(
        _("opening words"),
        max_length=120,
        blank=True,
        help_text=_("One short sentence, to the reader. Example: Learn at your own pace. We are with you."),
    )
    hero_text = models.TextField(
        _("under the opening words"),
        max_length=400,
        blank=True,
        help_text=_("Who this is for and what they find. Two sentences at most."),
    )
    action_label = models.CharField(
        _("words of the one button"),
        max_length=40,
        blank=True,
        help_text=_("Verb first. Example: Look at the courses"),
    )
    action_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page of the button"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    action_address = models.CharField(
        _("or an address"),
        max_length=200,
        blank=True,
        help_text=_("Used when no page is chosen. Example: /corsi/"),
    )
    body = StreamField(HomeBody(), verbose_name=_("body"), blank=True)

    template = "cms/pages/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.InfoPage", "cms.NewsIndexPage", "courses.CatalogueIndexPage"]
    max_count = 1
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("hero_title"), FieldPanel("hero_text")], heading=_("Opening")),
        MultiFieldPanel(
            [FieldPanel("action_label"), FieldPanel("action_page"), FieldPanel("action_address")],
            heading=_("The one next action"),
        ),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("hero_text"), index.SearchField("body")]

    class Meta:
        verbose_name = _("home page")

    @property
    def action_url(self) -> str:
        return (self.action_page.url if self.action_page_id else "") or self.action_address


class InfoPage(SitePage, Page):
    """One page of information: how it works, who we are, help, privacy, accessibility."""

    intro = models.TextField(
        _("introduction"),
        max_length=400,
        blank=True,
        help_text=_("What the reader finds here, in one or two sentences. Shown large under the title."),
    )
    body = StreamField(InfoBody(), verbose_name=_("body"), blank=True)
    reviewed_on = models.DateField(
        _("reviewed on"),
        null=True,
        blank=True,
        help_text=_("Shown at the end of the page. The law asks for it on privacy and accessibility pages."),
    )

    template = "cms/pages/info_page.html"
    parent_page_types = ["cms.HomePage", "cms.InfoPage"]
    subpage_types = ["cms.InfoPage"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("body"),
        FieldPanel("reviewed_on"),
        HelpPanel(
            _(
                "Short sentences. The verb first. One thought in a paragraph. Explain a word of the office the first time."
            )
        ),
    ]
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]

    class Meta:
        verbose_name = _("information page")
        verbose_name_plural = _("information pages")


class NewsIndexPage(SitePage, Page):
    """The list of news, newest first."""

    intro = models.TextField(
        _("introduction"),
        max_length=300,
        blank=True,
        help_text=_("Example: What is new in the network and in the courses."),
    )

    template = "cms/pages/news_index_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.NewsPage"]
    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("intro")]

    class Meta:
        verbose_name = _("list of news")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        news = NewsPage.objects.child_of(self).live().order_by("-date", "-id")
        context["news"] = Paginator(news, 10).get_page(request.GET.get("page"))
        return context


class NewsPage(SitePage, Page):
    """One piece of news."""

    date = models.DateField(_("date"), default=timezone.localdate)
    summary = models.TextField(
        _("summary"),
        max_length=300,
        help_text=_(
            "Shown in the list. Example: Places are open for the course that starts in January in Fasano."
        ),
    )
    body = StreamField(InfoBody(), verbose_name=_("body"), blank=True)

    template = "cms/pages/news_page.html"
    parent_page_types = ["cms.NewsIndexPage"]
    subpage_types: list[str] = []
    content_panels = [*Page.content_panels, FieldPanel("date"), FieldPanel("summary"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")
        ordering = ["-date"]
