"""Each component lists its variables and says what it must, whatever it is given."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from cms import icons, style_guide

TEMPLATES = Path(style_guide.TEMPLATES)


def render(source: str, **context) -> str:
    return Template("{% load ponte %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "file", sorted((TEMPLATES / "components").glob("*.html")), ids=lambda file: file.stem
)
def test_each_template_lists_its_variables_has_a_stylesheet_and_a_page(file):
    component = style_guide.component(file.stem)
    assert component.variables
    assert (TEMPLATES.parents[1] / component.stylesheet).exists()
    assert file.stem in style_guide.COMPONENTS


def test_words_are_escaped_and_the_inside_of_a_block_is_not_escaped_twice():
    given = '<script>alert("x")</script>'
    shown = render(
        "{% button label=x href=x %}{% badge label=x %}{% stat value=x label=x %}{% breadcrumb trail %}"
        "{% card title=x %}<p>{{ x }} & co</p>{% endcard %}{% alert title=x %}<b>{{ x }}</b>{% endalert %}",
        x=given,
        trail=[(given, given), (given, "")],
    )
    assert "<script" not in shown
    assert "<p>&lt;script&gt;" in shown
    assert "<b>&lt;script&gt;" in shown


def test_a_button_without_address_is_a_button():
    assert render('{% button label="Ho finito" name="done" value="1" data_action="quiz#send" %}').strip() == (
        '<button class="button button--primary" type="submit" name="done" value="1" data-action="quiz#send">'
        "<span>Ho finito</span></button>"
    )


def test_an_unknown_icon_draws_nothing_and_a_known_one_is_silent():
    assert icons.svg("non-esiste") == ""
    assert 'aria-hidden="true"' in icons.svg("home")
    assert 'aria-label="Attenzione"' in icons.svg("warning", label="Attenzione")


def test_progress_says_it_in_words_and_never_overflows():
    shown = render('{% progress value=55.5 max=40 label="Ore" words="55 su 40" mark=60 %}')
    assert 'value="55.5"' in shown
    assert ">100%<" in shown
    assert 'x1="100.0%"' in shown
    assert "0%" in render("{% progress value=0 max=0 %}")


def test_pagination_keeps_the_question():
    request = RequestFactory().get("/?citta=Ostuni&page=2")
    shown = render("{% pagination page %}", page=Paginator(range(50), 10).page(2), request=request)
    assert 'href="?citta=Ostuni&amp;page=3"' in shown
    assert 'aria-current="page"' in shown
    assert render("{% pagination page %}", page=Paginator(range(5), 10).page(1), request=request) == ""


def test_a_wrong_form_says_what_and_links_to_it():
    with translation.override("it"):
        shown = render(
            "{% form_errors form %}{% field form.name %}", form=style_guide.samples()["wrong_form"]
        )
    assert 'role="alert"' in shown
    assert 'href="#id_wrong-name"' in shown
    assert 'id="id_wrong-name_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert render("{% form_errors form %}", form=style_guide.SampleForm()) == ""


@pytest.mark.parametrize(
    ("minutes", "italian"),
    [
        (0, "0 min"),
        (45, "45 min"),
        (60, "1 h"),
        (80, "1 h 20 min"),
        (116.9, "1 h 56 min"),
        (-5, "−5 min"),
        (None, ""),
    ],
)
def test_durations(minutes, italian):
    assert render("{{ m|duration }}", m=minutes) == italian
    if minutes:
        assert render("{{ m|duration }}", m=timedelta(minutes=minutes)).endswith(italian[-3:])


def test_days_are_those_of_rome():
    moment = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # past midnight in Rome
    with translation.override("it"):
        assert render("{{ d|day_time }}", d=moment).startswith("mar 24 nov")
        assert render("{{ d|day_time }}", d=moment).endswith("00:30")
        assert render("{{ d|full_day }}", d=moment) == "martedì 24 novembre 2026"
        assert render("{{ d|day }}", d=datetime(2001, 3, 25, 12, tzinfo=UTC)) == "dom 25 mar 2001"
        assert render("{{ d|time }}", d=datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) == "02:30"
    with translation.override("en"):
        assert render("{{ d|day }}", d=datetime(2001, 3, 25, 12, tzinfo=UTC)) == "Sun 25 Mar 2001"
    assert render("{{ d|day_time }}{{ d|day }}{{ d|time }}", d=None) == ""
