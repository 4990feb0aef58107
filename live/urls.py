"""Addresses of the live classroom, under /aula/."""

from django.urls import path, register_converter

from . import views


class OneOf:
    """A closed list of words in an address."""

    regex = ""

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def one_of(name: str, *words: str) -> None:
    register_converter(type(name, (OneOf,), {"regex": "|".join(words)}), name)


one_of("poll_act", "open", "close", "show", "hide")
one_of("chat_act", "open", "close")
one_of("desk_act", "admit", "open", "wait", "remove", "readmit", "ask", "voice", "hand")
one_of("picture_size", "large", "small")

app_name = "live"
urlpatterns = [
    path("<uuid:room_id>/", views.classroom, name="classroom"),
    path("<uuid:room_id>/biglietto/", views.ticket, name="ticket"),
    path("<uuid:room_id>/inizia/", views.start, name="start"),
    path("<uuid:room_id>/termina/", views.end, name="end"),
    # people
    path("<uuid:room_id>/persone/", views.people.people, name="people"),
    path("<uuid:room_id>/persone/verifica/", views.people.check, name="check"),
    path("<uuid:room_id>/persone/<desk_act:do>/", views.people.act, name="act"),
    path("<uuid:room_id>/resoconto/", views.report.report, name="report"),
    path("visita/<str:token>/", views.visits.enter, name="visit"),
    # chat
    path("<uuid:room_id>/messaggi/", views.chat.say, name="say"),
    path("<uuid:room_id>/messaggi/<uuid:line_id>/togli/", views.chat.unsay, name="unsay"),
    path("<uuid:room_id>/chat/<chat_act:do>/", views.chat.open_chat, name="open_chat"),
    # what was prepared
    path("<uuid:room_id>/prepara/", views.prepare.prepare, name="prepare"),
    path("<uuid:room_id>/slide/elenco/", views.prepare.decks, name="decks"),
    path("<uuid:room_id>/slide/carica/", views.prepare.bring, name="bring"),
    path("<uuid:room_id>/slide/<uuid:deck_id>/sposta/", views.prepare.move, name="move_deck"),
    path("<uuid:room_id>/slide/<uuid:deck_id>/elimina/", views.prepare.drop, name="drop_deck"),
    path("<uuid:room_id>/slide/<uuid:deck_id>/testi/", views.prepare.texts, name="texts"),
    path("<uuid:room_id>/sondaggi/nuovo/", views.prepare.poll, name="new_poll"),
    path("<uuid:room_id>/sondaggi/<uuid:poll_id>/modifica/", views.prepare.poll, name="change_poll"),
    path("<uuid:room_id>/sondaggi/<uuid:poll_id>/elimina/", views.prepare.drop_poll, name="drop_poll"),
    # slides
    path("<uuid:room_id>/slide/", views.slides.slides, name="slides"),
    path("<uuid:room_id>/slide/<uuid:deck_id>/", views.slides.deck, name="deck"),
    path("<uuid:room_id>/slide/<uuid:deck_id>/mostra/<int:number>/", views.slides.show, name="show_slide"),
    path(
        "<uuid:room_id>/slide/<uuid:deck_id>/<int:number>-<slug:digest>-<picture_size:size>.webp",
        views.slides.picture,
        name="picture",
    ),
    # polls
    path("<uuid:room_id>/sondaggi/<uuid:poll_id>/voto/", views.polls.vote, name="vote"),
    path("<uuid:room_id>/sondaggi/<uuid:poll_id>/risposte/", views.polls.answers, name="poll_answers"),
    path("<uuid:room_id>/sondaggi/<uuid:poll_id>/<poll_act:do>/", views.polls.act, name="poll_act"),
]
