"""The activation letter as a PDF: Italian, and the person's language when it is another."""

import io
import json
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from .models import ActivationLetter
from .rules import show_letter_code

PAPER = Path(__file__).with_name("papers") / "letter.typ"


def letter_pdf(letter: ActivationLetter, code: str) -> bytes:
    """The page to print. It holds the code, so it is made once, sent once and never stored."""
    import segno  # both are heavy and rare
    import typst

    address = f"{settings.SITE_URL}{reverse('people:activate')}"
    languages = dict.fromkeys(["it", letter.user.preferred_language])
    data = _in("it", lambda: _heading(letter, code, address))
    data["blocks"] = [{"lang": lang, **_in(lang, lambda: _steps(letter, address))} for lang in languages]
    qr = io.BytesIO()
    segno.make(f"{address}?c={code}", error="m").save(qr, kind="svg", border=2, xmldecl=False)
    return typst.compile(
        PAPER.read_bytes(),
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(data), "qr": qr.getvalue().decode()},
    )


def _in(language: str, make):
    with translation.override(language):
        return make()


def _heading(letter: ActivationLetter, code: str, address: str) -> dict[str, str]:
    return {
        "site": settings.SITE_NAME,
        "title": _("Your way into %(site)s") % {"site": settings.SITE_NAME},
        "sender": str(letter.made_by),
        "made": formats.date_format(timezone.localtime(letter.made_at), "DATE_FORMAT"),
        "person": str(letter.user),
        "code_label": _("Your code"),
        "code": show_letter_code(code),
        "address": address,
        "qr_alt": _("Square code that opens the page"),
    }


def _steps(letter: ActivationLetter, address: str) -> dict[str, object]:
    until = formats.date_format(timezone.localtime(letter.expires_at), "DATE_FORMAT")
    return {
        "steps": [
            _("Point the camera of your phone at the square. Or open %(address)s and write the code.")
            % {"address": address},
            _("Press “Go on”."),
            _("Choose how you want to come in next time: with a code on your phone, or with a password."),
        ],
        "note": _(
            "The code works once, until %(until)s. It opens your own page only: give this letter to nobody. "
            "Does it not work? Ask who gave it to you for a new one."
        )
        % {"until": until},
    }
