"""One class per block; each has a template in templates/cms/blocks and shows the editor an example."""

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

RICH = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]
SIMPLE = ["bold", "italic", "link"]

ICONS = [
    ("courses", _("book")),
    ("user", _("person")),
    ("users", _("people")),
    ("video", _("camera")),
    ("phone", _("telephone")),
    ("award", _("certificate")),
    ("hours", _("clock")),
    ("help", _("question mark")),
    ("place", _("place")),
    ("shield", _("shield")),
]


class TextBlock(blocks.RichTextBlock):
    """Headings, paragraphs, lists and links."""

    def __init__(self, **kwargs) -> None:
        super().__init__(**({"features": RICH} | kwargs))

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "cms/blocks/text.html"
        preview_value = "<h2>Come ti iscrivi</h2><p>Chiedi alla tua <b>assistente sociale</b> o al centro per l'impiego.</p>"
        description = _("Headings, paragraphs, lists and links. Keep a paragraph to one thought.")


class ImageBlock(blocks.StructBlock):
    """A picture that says something, with the words for who does not see it."""

    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        label=_("What the picture shows"),
        max_length=200,
        help_text=_("Read aloud to who does not see it. Example: Two women at a computer in a classroom."),
    )
    caption = blocks.CharBlock(
        label=_("Caption"),
        required=False,
        max_length=200,
        help_text=_("Example: The classroom in Ostuni, May 2026."),
    )

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "cms/blocks/image.html"
        description = _("A picture with its description.")


class CalloutBlock(blocks.StructBlock):
    """One thing that must not be missed."""

    level = blocks.ChoiceBlock(
        label=_("Kind"),
        choices=[("info", _("Good to know")), ("warning", _("Attention")), ("success", _("Good news"))],
        default="info",
    )
    title = blocks.CharBlock(
        label=_("Title"), max_length=100, help_text=_("Example: Have you lost your letter?")
    )
    text = blocks.RichTextBlock(
        label=_("Text"), features=SIMPLE, help_text=_("One or two sentences: what happens and what to do.")
    )

    class Meta:
        icon = "warning"
        label = _("Callout")
        template = "cms/blocks/callout.html"
        preview_value = {
            "level": "info",
            "title": "Hai perso la lettera?",
            "text": "<p>Chiedine un'altra al tuo tutor. Quella vecchia non vale più.</p>",
        }
        description = _("One thing that must not be missed. At most one or two on a page.")


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("Step"), max_length=80, help_text=_("Verb first. Example: Ask to take part.")
    )
    text = blocks.TextBlock(label=_("Text"), max_length=300, help_text=_("One or two short sentences."))
    icon = blocks.ChoiceBlock(label=_("Drawing"), choices=ICONS, required=False)


class StepsBlock(blocks.StructBlock):
    """How something is done, in order."""

    title = blocks.CharBlock(label=_("Title"), max_length=100, help_text=_("Example: How it works"))
    steps = blocks.ListBlock(StepBlock(), label=_("Steps"), min_num=2, max_num=6)

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "cms/blocks/steps.html"
        preview_value = {
            "title": "Come funziona",
            "steps": [
                {"title": "Chiedi di partecipare", "text": "Parlane con chi ti segue.", "icon": "users"},
                {"title": "Segui le lezioni", "text": "Dal telefono, quando puoi.", "icon": "courses"},
            ],
        }
        description = _("Two to six numbered steps.")


class BodyBlock(blocks.StructBlock):
    name = blocks.CharBlock(
        label=_("Name"), max_length=120, help_text=_("Example: Employment centre of Ostuni")
    )
    what = blocks.TextBlock(label=_("What it does for you"), max_length=300)
    place = blocks.CharBlock(label=_("Where"), required=False, max_length=120, help_text=_("Example: Ostuni"))


class NetworkBlock(blocks.StructBlock):
    """Who stands behind the site."""

    title = blocks.CharBlock(label=_("Title"), max_length=100, help_text=_("Example: Who is with you"))
    intro = blocks.TextBlock(label=_("Introduction"), required=False, max_length=400)
    bodies = blocks.ListBlock(BodyBlock(), label=_("Bodies"))

    class Meta:
        icon = "group"
        label = _("The network")
        template = "cms/blocks/network.html"
        preview_value = {
            "title": "Chi c'è con te",
            "intro": "Enti diversi, una sola squadra.",
            "bodies": [
                {"name": "Centro per l'impiego", "what": "Ti aiuta a cercare lavoro.", "place": "Ostuni"}
            ],
        }
        description = _("The bodies of the network and what each does.")


class LinkCardBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=80, help_text=_("Example: Look at the courses"))
    text = blocks.TextBlock(label=_("Text"), required=False, max_length=240)
    icon = blocks.ChoiceBlock(label=_("Drawing"), choices=ICONS, required=False)
    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    address = blocks.CharBlock(
        label=_("Or an address"), required=False, max_length=200, help_text=_("Example: /corsi/ or https://…")
    )


class CardsBlock(blocks.StructBlock):
    """A few doors to other pages."""

    title = blocks.CharBlock(label=_("Title"), max_length=100, required=False)
    cards = blocks.ListBlock(LinkCardBlock(), label=_("Cards"), max_num=6)

    class Meta:
        icon = "grip"
        label = _("Cards")
        template = "cms/blocks/cards.html"
        preview_value = {
            "title": "Da dove comincio?",
            "cards": [
                {
                    "title": "Guarda i corsi",
                    "text": "Tutti i corsi della rete.",
                    "icon": "courses",
                    "address": "/corsi/",
                }
            ],
        }
        description = _("Up to six cards that lead to other pages.")


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(
        label=_("Question"),
        max_length=140,
        help_text=_("In the reader's words. Example: What do I need to take part?"),
    )
    answer = blocks.RichTextBlock(label=_("Answer"), features=[*SIMPLE, "ol", "ul"])


class QuestionsBlock(blocks.StructBlock):
    """Questions that open on their answers."""

    title = blocks.CharBlock(
        label=_("Title"), max_length=100, required=False, help_text=_("Example: To sign in")
    )
    questions = blocks.ListBlock(QuestionBlock(), label=_("Questions"))

    class Meta:
        icon = "help"
        label = _("Questions and answers")
        template = "cms/blocks/questions.html"
        preview_value = {
            "title": "Per entrare",
            "questions": [
                {
                    "question": "Non ho un'e-mail. Posso entrare?",
                    "answer": "<p>Sì, con il codice della lettera.</p>",
                }
            ],
        }
        description = _("Questions that open on their answers.")


class NewsBlock(blocks.StructBlock):
    """The latest news, chosen by date."""

    title = blocks.CharBlock(label=_("Title"), max_length=100, help_text=_("Example: News"))
    count = blocks.IntegerBlock(label=_("How many"), default=3, min_value=1, max_value=6)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        news = apps.get_model("cms", "NewsPage")
        context["news"] = news.objects.live().public().order_by("-date", "-id")[: value["count"]]
        return context

    class Meta:
        icon = "date"
        label = _("Latest news")
        template = "cms/blocks/news.html"
        preview_value = {"title": "Notizie", "count": 2}
        description = _("The latest news pages, newest first.")
