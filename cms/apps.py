"""The room of words, pages and looks."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop

#: What Django says in our forms and has no Italian for yet: translated with this room's own words.
SAID_BY_DJANGO = (gettext_noop("- Select an option -"),)


class CmsConfig(AppConfig):
    name = "cms"
    label = "cms"
