"""What may stand on which kind of page."""

from wagtail import blocks

from .parts import (
    CalloutBlock,
    CardsBlock,
    ImageBlock,
    NetworkBlock,
    NewsBlock,
    QuestionsBlock,
    StepsBlock,
    TextBlock,
)


class InfoBody(blocks.StreamBlock):
    """The body of an information page or of a piece of news."""

    text = TextBlock()
    image = ImageBlock()
    callout = CalloutBlock()
    steps = StepsBlock()
    questions = QuestionsBlock()
    cards = CardsBlock()


class HomeBody(blocks.StreamBlock):
    """What follows the opening of the front page."""

    steps = StepsBlock()
    cards = CardsBlock()
    network = NetworkBlock()
    news = NewsBlock()
    callout = CalloutBlock()
    text = TextBlock()
    image = ImageBlock()
