"""The figure of the demo: an editor's page would take it, and a module of the demo course teaches a unit of it."""

import pytest
from django.urls import reverse

from courses.frameworks import by_hand
from courses.frameworks.forms import FigureForm, UnitFormSet
from courses.frameworks.models import Competency
from demo import figures, tree
from tests.factories import NOW


def test_the_page_would_take_the_figure():
    assert FigureForm(figures.FIGURE).is_valid()
    sent = {f"units-0-{name}": words for name, words in figures.UNITS[0].items()}
    form = UnitFormSet({"units-TOTAL_FORMS": "1", "units-INITIAL_FORMS": "0"} | sent, prefix="units")
    assert form.is_valid(), form.errors


@pytest.mark.slow
def test_the_list_shows_the_figure_and_its_unit_the_course_that_teaches_it(client, db):
    tree.build(NOW)
    tree.build(NOW)
    figure = by_hand.figures().get()
    assert (
        figure.title
        in client.get(reverse("frameworks:framework", args=["rrfp-puglia", "dimostrazione"])).text
    )
    assert "Regione Puglia" in client.get(reverse("frameworks:index")).text
    unit = Competency.objects.get(code="DEMO-1.UC1")
    assert "Competenze digitali di base" in client.get(unit.get_absolute_url()).text
