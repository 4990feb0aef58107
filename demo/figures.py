"""A figure of the regional repertory as an editor copies it from its sheet, at /admin/quadri/figura/.

The real sheets are for who runs real courses: this one was written for the demo, and says so wherever it is shown.
"""

from courses.frameworks import by_hand

FIGURE = {
    "version": "dimostrazione",
    "code": "DEMO-1",
    "title": "Addetto allo sportello digitale (scheda dimostrativa)",
    "description": (
        "Accoglie chi arriva allo sportello, lo aiuta a usare i servizi in rete e a mandare documenti. "
        "Non è una figura del repertorio: serve a mostrare come se ne riporta una."
    ),
    "level": "",
    "ada": "",
    "source": "Scheda scritta per la dimostrazione, non presa dal repertorio regionale",
}
UNITS = [
    {
        "code": "DEMO-1.UC1",
        "title": "Usare i servizi in rete per sé e per chi chiede aiuto",
        "result": "La persona entra nel servizio, trova ciò che cerca e conserva la ricevuta",
        "abilities": (
            "Entrare in un servizio con lo SPID o con la carta d'identità elettronica\n"
            "Prenotare una visita e conservare la conferma\n"
            "Preparare un curriculum e mandarlo con una mail"
        ),
        "knowledge": "Che cosa sono SPID e CIE\nCome si riconosce un messaggio falso",
    },
]


def build() -> None:
    """Safe to call twice, as the page that does it."""
    by_hand.save_figure(FIGURE | {"ada": FIGURE["ada"].split()}, UNITS)
