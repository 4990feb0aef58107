from .pages import HomePage, InfoPage, NewsIndexPage, NewsPage
from .settings import BrandSettings, FooterLink, FooterSettings, NavigationLink, NavigationSettings

__all__ = [
    "BrandSettings",
    "FooterLink",
    "FooterSettings",
    "HomePage",
    "InfoPage",
    "NavigationLink",
    "NavigationSettings",
    "NewsIndexPage",
    "NewsPage",
]
