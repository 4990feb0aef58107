"""What one body may set for its own site: name, logo, accent, navigation, footer."""

from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, PageChooserPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Orderable

from cms import brand, chrome


class ForgetsChrome:
    """Saving it shows at once on every page."""

    def save(self, *args, **kwargs) -> None:
        super().save(*args, **kwargs)
        chrome.forget()


@register_setting(icon="view", order=10)
class BrandSettings(ForgetsChrome, BaseSiteSetting):
    """Name, logo and accent of one site."""

    name = models.CharField(
        _("name"), max_length=40, default="Ponte", help_text=_("Shown on every page. Example: Ponte")
    )
    tagline = models.CharField(
        _("in a few words"),
        max_length=120,
        blank=True,
        help_text=_("Example: Courses and people who are with you"),
    )
    logo = models.FileField(
        _("logo"),
        upload_to="marchio/",
        blank=True,
        validators=[FileExtensionValidator(["png", "webp", "jpg", "jpeg"])],
        help_text=_(
            "PNG or WebP with a clear ground, at least 72 pixels high. Empty: the bridge. No emblem of the State."
        ),
    )
    accent = models.CharField(
        _("accent"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(brand.HEX, _("Write it as # and six signs. Example: #0f5f66"))],
        help_text=_("Colour of the one next action of each page. Example: #0f5f66. Empty: Ponte's own."),
    )

    panels = [FieldPanel("name"), FieldPanel("tagline"), FieldPanel("logo"), FieldPanel("accent")]

    class Meta:
        verbose_name = _("name, logo and colour")

    def clean(self) -> None:
        super().clean()
        self.accent = self.accent.lower()
        if self.accent and brand.HEX.match(self.accent) and not brand.readable_accent(self.accent):
            raise ValidationError(
                {
                    "accent": _(
                        "White words cannot be read on this colour (%(found).1f to 1, at least 4.5 is needed). "
                        "Choose a darker one."
                    )
                    % {"found": brand.contrast(self.accent, "#ffffff")}
                }
            )


class Link(Orderable):
    """One link with its words: to a page, or to an address."""

    label = models.CharField(_("words"), max_length=40, help_text=_("Example: Courses"))
    page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    address = models.CharField(
        _("or an address"), max_length=200, blank=True, help_text=_("Example: /corsi/ or https://…")
    )

    panels = [FieldPanel("label"), PageChooserPanel("page"), FieldPanel("address")]

    class Meta(Orderable.Meta):
        abstract = True

    def clean(self) -> None:
        super().clean()
        if not self.page_id and not self.address:
            raise ValidationError(_("Choose a page or write an address."))
        if self.address and not self.address.startswith(("/", "https://", "http://", "mailto:", "tel:")):
            raise ValidationError({"address": _("Begin with / or https://")})


@register_setting(icon="list-ul", order=20)
class NavigationSettings(ForgetsChrome, ClusterableModel, BaseSiteSetting):
    """The links at the top of the public pages, in order."""

    panels = [InlinePanel("links", heading=_("Links"), label=_("Link"), max_num=6)]

    class Meta:
        verbose_name = _("navigation")


class NavigationLink(Link):
    """One row per link of the site's main navigation, in the editor's order."""

    setting = ParentalKey(NavigationSettings, on_delete=models.CASCADE, related_name="links")

    class Meta(Link.Meta):
        verbose_name = _("navigation link")


@register_setting(icon="bars", order=30)
class FooterSettings(ForgetsChrome, ClusterableModel, BaseSiteSetting):
    """What stands at the foot of every page."""

    text = models.TextField(
        _("about the site"), max_length=400, blank=True, help_text=_("One or two sentences.")
    )
    contact = models.TextField(
        _("contacts"),
        max_length=400,
        blank=True,
        help_text=_("One per line. Example: Telephone 080 000 0000"),
    )
    bodies = models.TextField(
        _("bodies of the network"), max_length=800, blank=True, help_text=_("One per line.")
    )

    panels = [
        FieldPanel("text"),
        FieldPanel("contact"),
        FieldPanel("bodies"),
        InlinePanel("links", heading=_("Links"), label=_("Link")),
    ]

    class Meta:
        verbose_name = _("footer")


class FooterLink(Link):
    """One row per link at the foot of every page, in the editor's order."""

    setting = ParentalKey(FooterSettings, on_delete=models.CASCADE, related_name="links")

    class Meta(Link.Meta):
        verbose_name = _("footer link")
