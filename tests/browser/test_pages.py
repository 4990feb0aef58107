"""Every kind of page in a real browser: no accessibility violation in Italian by day and in English in the dark,
nothing wider than the phone, no complaint of the console."""

import pytest

from tests.architecture.test_permissions import ROWS
from tests.browser.walk import Walk, faults_of, violations

#: Where each person's walk begins: their home, and addresses that are typed or arrive by letter.
STARTS = {
    "": ["/", "/accedi/", "/attiva/", "/corsi/?q=telefono&level=base", "/corsi/?q=nulla"],
    "amina": ["/oggi/"],
    "docente": ["/oggi/"],
    "tutor": ["/oggi/"],
    "direttore": ["/oggi/"],
    "assistente": ["/oggi/", "/persone/richieste/"],
    "consorzio": ["/oggi/"],
    "ispettore": ["/oggi/"],
    "admin": ["/oggi/"],
    "dpo": ["/oggi/"],
}
#: Addresses that answer with a file, a feed or a redirection.
NO_PAGES = frozenset(
    [
        "account_logout",
        "attendance:certificates",
        "attendance:keys",
        "attendance:programme",
        "attendance:register_json",
        "attendance:register_xlsx",
        "cms:appearance",
        "cms:brand_css",
        "cms:language",
        "cms:logo",
        "cms:manifest",
        "cms:robots",
        "cms:sitemap",
        "competencies:download",
        "competencies:received_file",
        "consortium:file",
        "consortium:file_key",
        "consortium:file_signature",
        "courses:captions",
        "courses:document",
        "courses:image",
        "courses:media",
        "courses:sitemap",
        "credentials:agency_did",
        "credentials:did",
        "credentials:status",
        "credentials:status_token",
        "enrolments:feed",
        "notifications:follow",
        "people:import_template",
        "progress:captions",
        "progress:document",
        "progress:image",
        "progress:media",
        "verification:shared_file",
    ]
)
#: Pages that a press or a ticket leads to, or that need slides and polls first: their own tests look at them.
ELSEWHERE = frozenset(
    [
        "cms:style_guide",
        "competencies:correct",
        "competencies:share",
        "live:change_poll",
        "live:deck",
        "live:decks",
        "live:new_poll",
        "live:picture",
        "live:poll_answers",
        "live:texts",
        "live:visit",
        "people:activate_choose",
        "progress:question",
        "progress:result",
        "progress:review",
        "verification:shared",
    ]
)


@pytest.mark.slow
def test_every_kind_of_page_is_for_everybody(at_device):
    walk = Walk(left_out=NO_PAGES | ELSEWHERE)
    for who, starts in STARTS.items():
        person = at_device(who)
        if who == "docente":
            starts = [*starts, f"{class_of_today(person)}prepara/"]
        walk.walk(person, who, starts)
        person.context.close()
    assert not walk.wrong, "\n".join(f"{path}: {faults}" for path, faults in walk.wrong.items())
    kinds = {
        row.url for row in ROWS if row.method == "get" and not row.url.endswith(("_csv", "_pdf", "export"))
    }
    found = {key.split(" ")[0] for key in walk.seen}
    missing = sorted(kinds - found - NO_PAGES - ELSEWHERE)
    assert not missing, f"no link of the demo leads to {missing}: link them, or list them above with a reason"


def test_what_is_not_there_says_where_to_go(at_device):
    person = at_device()
    assert person.go("/non-esiste/").locator("main a").count()
    assert not faults_of(person)


def open_class(learner) -> str:
    """The address of the class that is open now: the one large button of a learner's home."""
    learner.go("/oggi/")
    return learner.page.locator("main .next-thing--class a").get_attribute("href")


def class_of_today(trainer) -> str:
    return trainer.go("/oggi/").locator("main a[href^='/aula/']").first.get_attribute("href")


def test_the_style_guide_is_whole(at_device):
    person = at_device("admin", desk=True)
    person.go("/stile/")
    assert not violations(person.page)
