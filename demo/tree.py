"""Puts the texts of demo/content into the page tree, as a trainer would have written them."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files import File
from django.utils.text import slugify
from wagtail.models import Collection, Locale, Site

from cms.initial import build_site
from courses import permissions
from courses.frameworks import importers
from courses.frameworks import queries as frameworks
from courses.models import (
    CatalogueIndexPage,
    CompetencyGoal,
    CourseImage,
    CourseMedia,
    CoursePage,
    LessonPage,
    ModuleCompetency,
    ModulePage,
    Question,
    QuestionCompetency,
    QuizPage,
)

from . import figures, parse

HERE = Path(__file__).parent
MEDIA = HERE / "media"
TRANSCRIPTS = {
    "truffa.mp3": (
        "— Buongiorno, sono della banca. Il suo conto è bloccato.\n— Oh no! Che cosa devo fare?\n"
        "— Presto! Mi dica il codice che le è arrivato sul telefono. Entro cinque minuti, o perde tutto.\n"
        "— No. Il codice non lo do a nessuno. Adesso chiudo, e chiamo io il numero scritto sulla carta."
    ),
    "aiuto.mp3": (
        "— Scusi, può aiutarmi? Non ho capito.\n— Certo. Prendi la cassetta, e mettila sul camion.\n"
        "— Che cosa vuol dire: camion?\n— È quello là: il grande mezzo bianco.\n— Ho capito. Grazie!"
    ),
    "allegato.mp4": (
        "Per mandare un documento con la mail, comincia così: tocca «Scrivi». Poi scrivi l'indirizzo e l'oggetto. "
        "Adesso metti il foglio sul tavolo, vicino alla finestra. Fai la foto, diritta e chiara. "
        "Torna alla mail. Tocca la graffetta e scegli la foto. "
        "Aspetta che finisca di caricare. Rileggi. Poi tocca «Invia». Fatto!"
    ),
}
SECONDS = {"truffa.mp3": 23, "aiuto.mp3": 19, "allegato.mp4": 29}


class Files:
    """The pictures and media of one course, uploaded once into its own private collection."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.images: dict[str, CourseImage] = {}
        self.media: dict[str, CourseMedia] = {}

    def image(self, name: str, title: str) -> CourseImage:
        if name not in self.images:
            with (MEDIA / name).open("rb") as source:
                self.images[name] = CourseImage.objects.create(
                    title=title[:255], file=File(source, name=name), collection=self.collection
                )
        return self.images[name]

    def medium(self, name: str, title: str, captions: str = "") -> CourseMedia:
        if name not in self.media:
            item = CourseMedia(
                title=title,
                type="video" if name.endswith(".mp4") else "audio",
                duration=SECONDS[name],
                transcript=TRANSCRIPTS[name],
                collection=self.collection,
            )
            if name.endswith(".mp4"):
                item.width, item.height = 640, 360
            with (MEDIA / name).open("rb") as source:
                item.file = File(source, name=name)
                if captions:
                    with (MEDIA / captions).open("rb") as words:
                        item.captions = File(words, name=captions)
                        item.save()
                else:
                    item.save()
            self.media[name] = item
        return self.media[name]


def blocks(activity: parse.Activity, files: Files) -> list[tuple[str, Any]]:
    """The StreamField value of a lesson."""
    made: list[tuple[str, Any]] = []
    for kind, value in activity.blocks:
        if kind == "image":
            made.append(
                (
                    kind,
                    {"image": files.image(value["file"], value["alt"]), "alt": value["alt"], "caption": ""},
                )
            )
        elif kind in {"audio", "video"}:
            medium = files.medium(value["file"], value["title"], value["captions"])
            made.append((kind, {"title": value["title"], kind: medium, "transcript": ""}))
        elif kind == "callout":
            made.append((kind, {"tone": "remember", "text": f"<p>{value}</p>"}))
        elif kind == "steps":
            made.append((kind, {"title": "", "steps": [f"<p>{step}</p>" for step in value]}))
        else:
            made.append((kind, value))
    return made


def lesson(parent: ModulePage, activity: parse.Activity, files: Files) -> None:
    page = LessonPage(
        title=activity.title,
        slug=slugify(activity.title)[:60],
        nominal_minutes=int(activity.facts["minuti"]),
        minimum_minutes=int(activity.facts.get("minimo", 0)),
        body=blocks(activity, files),
    )
    parent.add_child(instance=page)
    page.save_revision().publish()


def quiz(parent: ModulePage, activity: parse.Activity, aimed: dict[str, CompetencyGoal]) -> None:
    page = QuizPage(
        title=activity.title,
        slug=slugify(activity.title)[:60],
        nominal_minutes=int(activity.facts["minuti"]),
        pass_percent=int(activity.facts["sufficienza"]),
        intro=activity.facts.get("riassunto", ""),
    )
    locale = Locale.get_default()
    page.questions = [
        Question(
            locale=locale,
            kind=question.kind,
            text=question.text,
            marks=Decimal(1),
            feedback=question.explanation,
            answers=[
                {
                    "type": "answer",
                    "id": str(uuid4()),
                    "value": {"text": answer.text, "correct": answer.correct, "feedback": answer.feedback},
                }
                for answer in question.answers
            ],
        )
        for question in activity.questions
    ]
    for row, question in zip(page.questions.all(), activity.questions, strict=True):
        row.competencies = [
            QuestionCompetency(competency=aimed[code].competency, level=aimed[code].level)
            for code in question.shows
        ]
    parent.add_child(instance=page)
    page.save_revision().publish()


def goals(text: str) -> list[CompetencyGoal]:
    """ "1.1 1; 1.2 2" (DigComp competence and level) or "CEFR A1"."""
    found = []
    for part in text.split(";"):
        code, level = part.split()
        name = "cefr" if code == "CEFR" else "digcomp"
        competency = frameworks.competency_by_code(name, level if name == "cefr" else code)
        found.append(
            CompetencyGoal(competency=competency, level=frameworks.level_by_code(competency.framework, level))
        )
    return found


def taught(text: str, aimed: dict[str, CompetencyGoal]) -> list[ModuleCompetency]:
    """ "2.1; DEMO-1.UC1": goals of the course with their level, and units of the figure that was copied by hand."""
    found = []
    for code in map(str.strip, text.split(";")):
        goal = aimed.get(code)
        found.append(
            ModuleCompetency(competency=goal.competency, level=goal.level)
            if goal
            else ModuleCompetency(competency=frameworks.competency_by_code("rrfp-puglia", code))
        )
    return found


def course(index: CatalogueIndexPage, text: parse.Course) -> CoursePage:
    facts = text.facts
    live, presence, alone = (Decimal(part.split()[0]) for part in facts["ore"].split(","))
    page = CoursePage(
        title=text.title,
        slug=slugify(text.title)[:60],
        code=facts["codice"],
        summary=facts["riassunto"],
        learning_outcomes="\n".join(module.facts["riassunto"] for module in text.modules),
        prerequisites=facts["serve"],
        level=facts["livello"],
        hours_live=live,
        hours_presence=presence,
        hours_own_time=alone,
    )
    page.goals = goals(facts["competenze"])
    index.add_child(instance=page)
    permissions.author_group(page)
    aimed = {goal.competency.code: goal for goal in page.goals.all()}
    files = Files(permissions.collection_of(page))
    page.image = files.image(facts["immagine"], text.title)
    for module in text.modules:
        unit = ModulePage(
            title=module.title,
            slug=slugify(module.title)[:60],
            nominal_minutes=int(module.facts["minuti"]),
            summary=module.facts["riassunto"],
        )
        unit.competencies = taught(module.facts["competenze"], aimed)
        page.add_child(instance=unit)
        unit.save_revision().publish()
        for activity in module.activities:
            if activity.is_quiz:
                quiz(unit, activity, aimed)
            else:
                lesson(unit, activity, files)
    page.save_revision().publish()
    return page


def build(at: datetime) -> dict[str, CoursePage]:
    """The site's pages, the frameworks and the two courses; code → course."""
    home = build_site()
    importers.import_core()
    figures.build()
    index = CatalogueIndexPage.objects.first()
    if index is None:
        index = CatalogueIndexPage(
            title="Corsi",
            slug="corsi",
            intro="<p>Scegli un corso. Sono tutti gratuiti.</p>",
            show_in_menus=True,
        )
        home.add_child(instance=index)
        index.save_revision().publish()
    permissions.direction_group()
    made = {}
    for file in sorted((HERE / "content").glob("*.md")):
        text = parse.parse(file)
        known = CoursePage.objects.filter(code=text.facts["codice"]).first()
        made[text.facts["codice"]] = known or course(index, text)
    Site.clear_site_root_paths_cache()
    return made
