"""What is common to the pages inside a course."""

from django.http import Http404
from wagtail.models import Page

from cms.models.pages import SitePage
from courses.files import AUTHOR


class InsideCourse(SitePage):
    """A page with no public address: who is enrolled meets it in the player, the others never.

    `route` is closed as well, because `get_url_parts` alone does not stop Wagtail from serving the page.
    Put it before Page in the bases. The author's preview passes by both; it shows the player's own body
    template, with the author's addresses for files.
    """

    kind = ""
    promote_panels: list = []  # nobody finds it by a search engine or a menu; the slug makes itself

    def get_preview_template(self, request, mode_name):
        return f"courses/preview_{self.kind}.html"

    def get_preview_context(self, request, mode_name):
        return {**super().get_preview_context(request, mode_name), "files": AUTHOR}

    def get_url_parts(self, request=None):
        return None

    def route(self, request, path_components):
        raise Http404

    def get_sitemap_urls(self, request=None):
        return []

    @property
    def course(self) -> Page:
        """The CoursePage above this page (one query, kept on the instance)."""
        if not hasattr(self, "_course"):
            depth = 2 if isinstance(self, ActivityMixin) else 1
            steplen = self.steplen
            path = self.path[: len(self.path) - depth * steplen]
            self._course = Page.objects.get(path=path).specific
        return self._course


class ActivityMixin(InsideCourse):
    """A page that a person does: a lesson, a quiz. Progress is keyed by its `translation_key`."""
