"""Blocks that only a lesson has, and the answers of a question.

Every block has help with an example, a preview for the block picker, and a template under
courses/templates/courses/blocks/. The templates get `files` in their context: how to address a picture or
a film for whoever is reading (courses/files.py).
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import AudioChooserBlock, VideoChooserBlock

# No images, documents or embeds inside a text: they have blocks of their own, with alternative text,
# size and access check.
TEXT_FEATURES = ["bold", "italic", "ul", "ol", "link"]


class HeadingBlock(blocks.CharBlock):
    class Meta:
        icon = "title"
        label = _("Heading")
        description = _("A title for the part that follows")
        template = "courses/blocks/heading.html"
        preview_value = "Accendere il telefono"


class TextBlock(blocks.RichTextBlock):
    class Meta:
        icon = "pilcrow"
        label = _("Text")
        description = _("One or two short paragraphs")
        template = "courses/blocks/text.html"
        preview_value = (
            "<p>Tieni premuto il tasto <b>laterale</b> per tre secondi. Lo schermo si accende.</p>"
        )


class LessonImageBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("image"))
    alt = blocks.CharBlock(
        label=_("what one sees"),
        max_length=300,
        help_text=_(
            "For who cannot see it. Example: «A hand presses the button on the right side of a phone.»"
        ),
    )
    caption = blocks.CharBlock(
        label=_("caption"),
        required=False,
        max_length=200,
        help_text=_("Under the picture. Example: «The side button»"),
    )

    class Meta:
        icon = "image"
        label = _("Image")
        description = _("A picture, with words for who cannot see it")
        template = "courses/blocks/image.html"
        preview_template = "courses/blocks/preview_image.html"
        preview_value = {
            "alt": "Una mano preme il tasto laterale di un telefono.",
            "caption": "Il tasto laterale",
        }


class VideoBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), max_length=120, help_text=_("Example: «Sending a photo»"))
    video = VideoChooserBlock(
        label=_("video"),
        help_text=_("MP4 (H.264), with captions (.vtt). The shorter the better: two minutes."),
    )
    transcript = blocks.TextBlock(
        label=_("transcript"),
        required=False,
        rows=4,
        help_text=_("All that is said and shown. Leave it empty if it is already written with the video."),
    )

    def clean(self, value):
        cleaned = super().clean(value)
        if video := cleaned.get("video"):
            if not video.captions:
                raise StructBlockValidationError(
                    {
                        "video": ValidationError(
                            _(
                                "This video has no captions. Open it under Media, add a .vtt file, and come back."
                            ),
                            code="video.no_captions",
                        )
                    }
                )
            _needs_transcript(cleaned, video)
        return cleaned

    class Meta:
        icon = "wagtailmedia-video"
        label = _("Video")
        description = _("A film with captions and transcript; it loads only when one presses play")
        template = "courses/blocks/video.html"
        preview_template = "courses/blocks/preview_media.html"
        preview_value = {"title": "Mandare una foto", "transcript": "Apro la posta. Premo «Scrivi»."}


class AudioBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("title"), max_length=120, help_text=_("Example: «At the bar: a dialogue»")
    )
    audio = AudioChooserBlock(label=_("audio"), help_text=_("MP3 or M4A."))
    transcript = blocks.TextBlock(
        label=_("transcript"),
        required=False,
        rows=4,
        help_text=_("All that is said. Leave it empty if it is already written with the audio."),
    )

    def clean(self, value):
        cleaned = super().clean(value)
        if audio := cleaned.get("audio"):
            _needs_transcript(cleaned, audio)
        return cleaned

    class Meta:
        icon = "wagtailmedia-audio"
        label = _("Audio")
        description = _("Something to listen to, with its words written")
        template = "courses/blocks/audio.html"
        preview_template = "courses/blocks/preview_media.html"
        preview_value = {"title": "Al bar: un dialogo", "transcript": "Buongiorno! Un caffè, per favore."}


def _needs_transcript(value, media) -> None:
    if not (value.get("transcript") or media.transcript):
        raise StructBlockValidationError(
            {
                "transcript": ValidationError(
                    _(
                        "Write the transcript here, or with the file under Media: some people can only read it."
                    ),
                    code="media.no_transcript",
                )
            }
        )


class DocumentBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("title"), max_length=120, help_text=_("Example: «Form for the library card»")
    )
    document = DocumentChooserBlock(label=_("document"), help_text=_("Best a PDF: every phone opens it."))

    class Meta:
        icon = "doc-full"
        label = _("Document")
        description = _("A file to download, with its size")
        template = "courses/blocks/document.html"
        preview_template = "courses/blocks/preview_document.html"
        preview_value = {"title": "Modulo per la tessera della biblioteca"}


class CalloutBlock(blocks.StructBlock):
    tone = blocks.ChoiceBlock(
        label=_("kind"),
        choices=[("remember", _("Remember")), ("tip", _("Tip")), ("attention", _("Attention"))],
        default="remember",
    )
    text = blocks.RichTextBlock(
        label=_("text"),
        features=["bold", "italic", "link", "ul"],
        help_text=_("Example: «Never tell your password to anybody, not even to us.»"),
    )

    class Meta:
        icon = "info-circle"
        label = _("Box: remember, tip, attention")
        description = _("What must stay in the mind")
        template = "courses/blocks/callout.html"
        preview_value = {"tone": "remember", "text": "<p>Non dire mai la password a nessuno.</p>"}


class StepsBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("title"), required=False, max_length=120, help_text=_("Example: «How to send a photo»")
    )
    steps = blocks.ListBlock(
        blocks.RichTextBlock(
            label=_("step"),
            features=["bold", "link"],
            help_text=_("One action. Example: «Press the + button.»"),
        ),
        label=_("steps"),
        min_num=1,
    )

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        description = _("Numbered actions, one for each line")
        template = "courses/blocks/steps.html"
        preview_value = {
            "title": "Mandare una foto",
            "steps": ["<p>Apri la posta.</p>", "<p>Premi <b>Scrivi</b>.</p>", "<p>Premi la graffetta.</p>"],
        }


class TermBlock(blocks.StructBlock):
    term = blocks.CharBlock(label=_("word"), max_length=80, help_text=_("Example: «Attachment»"))
    meaning = blocks.TextBlock(
        label=_("meaning"),
        rows=2,
        help_text=_("In easy words. Example: «A file that travels with an e-mail.»"),
    )
    example = blocks.CharBlock(
        label=_("example"),
        required=False,
        max_length=200,
        help_text=_("Example: «I send you the photo as an attachment.»"),
    )

    class Meta:
        icon = "openquote"
        label = _("Word to know")
        description = _("A new word with its meaning")
        template = "courses/blocks/term.html"
        preview_value = {
            "term": "Allegato",
            "meaning": "Un file che viaggia insieme a un'e-mail.",
            "example": "Ti mando la foto come allegato.",
        }


class ExampleBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("title"), required=False, max_length=120, help_text=_("Example: «At work»")
    )
    text = blocks.RichTextBlock(
        label=_("text"),
        features=TEXT_FEATURES,
        help_text=_("A short story or a dialogue. Example: «Amina writes to the office: Good morning…»"),
    )

    class Meta:
        icon = "comment"
        label = _("Example")
        description = _("A story or a dialogue from life")
        template = "courses/blocks/example.html"
        preview_value = {"title": "Al lavoro", "text": "<p>Amina scrive: «Buongiorno, arrivo alle 9.»</p>"}


class LessonBody(blocks.StreamBlock):
    """The body of a lesson, top to bottom."""

    heading = HeadingBlock(max_length=120, help_text=_("Example: «Turning on the phone»"), group=_("Words"))
    text = TextBlock(
        features=TEXT_FEATURES,
        help_text=_("Short sentences, the verb first. Example: «Press the side button for three seconds.»"),
        group=_("Words"),
    )
    steps = StepsBlock(group=_("Words"))
    callout = CalloutBlock(group=_("Words"))
    term = TermBlock(group=_("Words"))
    example = ExampleBlock(group=_("Words"))
    image = LessonImageBlock(group=_("Pictures, sound and files"))
    video = VideoBlock(group=_("Pictures, sound and files"))
    audio = AudioBlock(group=_("Pictures, sound and files"))
    document = DocumentBlock(group=_("Pictures, sound and files"))

    class Meta:
        block_counts = {"video": {"max_num": 6}}


class AnswerBlock(blocks.StructBlock):
    """One possible answer; for a short text, one accepted spelling."""

    text = blocks.CharBlock(label=_("answer"), max_length=300, help_text=_("Example: «Send»"))
    correct = blocks.BooleanBlock(label=_("right"), required=False)
    feedback = blocks.CharBlock(
        label=_("explanation"),
        required=False,
        max_length=400,
        help_text=_("Shown to who chooses it. Example: «No: this one deletes the message.»"),
    )

    class Meta:
        icon = "check"
        label = _("Answer")


class AnswerList(blocks.StreamBlock):
    """The possible answers of one question, in order. A block's id is the answer's key."""

    answer = AnswerBlock()

    class Meta:
        max_num = 12
