"""What a search engine may know: published public pages that have an address. Nothing behind enrolment."""

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from wagtail.models import Page, Site


class PublicPages(Sitemap):
    """Reads addresses from the request's host, so that the file is right wherever it is served."""

    changefreq = "weekly"

    def items(self) -> list[Page]:
        site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
        if site is None:
            return []
        pages: QuerySet[Page] = (
            Page.objects.live()
            .public()
            .descendant_of(site.root_page, inclusive=True)
            .order_by("path")
            .specific()
        )
        return [page for page in pages if page.get_sitemap_urls()]

    def location(self, item: Page) -> str:
        return item.get_url() or "/"

    def lastmod(self, item: Page):
        return item.last_published_at
