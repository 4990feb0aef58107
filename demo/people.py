"""The bodies of the network and the people of the demo. Every name is invented."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password

from lms.people import access
from lms.people.access import Role
from lms.people.actions import acknowledge_notice, assign_case, create_person
from lms.people.models import Agency, AgencyKind, User
from lms.people.queries import PRIVACY_NOTICE, PRIVACY_VERSION

#: user name, first name, surname, role, body
STAFF = [
    ("docente", "Lucia", "Semeraro", Role.TRAINER, "dante"),
    ("docente2", "Marco", "Convertini", Role.TRAINER, "dante"),
    ("tutor", "Paolo", "Legrottaglie", Role.TUTOR, "dante"),
    ("direttore", "Anna", "Carparelli", Role.TRAINING_DIRECTOR, "dante"),
    ("assistente", "Chiara", "Palmisano", Role.SOCIAL_WORKER, "consorzio"),
    ("assistente2", "Donato", "Zizzi", Role.SOCIAL_WORKER, "consorzio"),
    ("cpi", "Giovanna", "Epifani", Role.CPI_OPERATOR, "cpi"),
    ("agenzia", "Stefano", "Urso", Role.AGENCY_OPERATOR, "agenzia"),
    ("consorzio", "Rosa", "Argentieri", Role.CONSORTIUM_COORDINATOR, "consorzio"),
    ("ispettore", "Vito", "Moro", Role.INSPECTOR, "dante"),
    ("admin", "Teresa", "Greco", Role.ADMINISTRATOR, "dante"),
    ("dpo", "Elena", "Ancona", Role.DATA_PROTECTION_OFFICER, "consorzio"),
]
#: first name, surname, preferred language
BENEFICIARIES = [
    ("Amina", "Farah", "it"),
    ("Yusuf", "Osman", "it"),
    ("Fatou", "Diop", "it"),
    ("Mamadou", "Sow", "it"),
    ("Olena", "Kovalenko", "it"),
    ("Oksana", "Shevchuk", "it"),
    ("Arben", "Hoxha", "it"),
    ("Elira", "Gjoka", "it"),
    ("Mohamed", "El Amrani", "it"),
    ("Khadija", "Benali", "it"),
    ("Blessing", "Okafor", "en"),
    ("Emmanuel", "Adeyemi", "en"),
    ("Rahul", "Singh", "en"),
    ("Simran", "Kaur", "en"),
    ("Mei", "Chen", "it"),
    ("Wei", "Zhang", "it"),
    ("Ioana", "Popescu", "it"),
    ("Vasile", "Munteanu", "it"),
    ("Samira", "Haidari", "it"),
    ("Farid", "Ahmadi", "it"),
    ("Lula", "Tesfay", "it"),
    ("Dawit", "Haile", "it"),
    ("Nadia", "Trabelsi", "it"),
    ("Sofiane", "Mansouri", "it"),
    ("Maria Carmela", "Lacorte", "it"),
    ("Giuseppe", "Sisto", "it"),
    ("Cosima", "Ancona", "it"),
    ("Antonio", "D'Amico", "it"),
    ("Rosaria", "Pentassuglia", "it"),
    ("Damiano", "Vinci", "it"),
    ("Angela", "Loparco", "it"),
    ("Francesco", "Nacci", "it"),
    ("Ivana", "Petrović", "it"),
    ("Goran", "Ilić", "it"),
    ("Rosa María", "Quispe", "it"),
    ("Jorge", "Mamani", "it"),
    ("Ana", "Souza", "it"),
    ("Tariq", "Mahmood", "en"),
    ("Zainab", "Bibi", "it"),
    ("Kofi", "Mensah", "en"),
]


@dataclass
class Cast:
    """Who plays in the demo."""

    agencies: dict[str, Agency] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    learners: list[User] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        staff = self.__dict__.get("staff", {})
        if name in staff:
            return staff[name]
        raise AttributeError(name)


NAMES = {
    "consorzio": ("Consorzio sociale C.I.I.S.A.F.", AgencyKind.CONSORTIUM, "Fasano"),
    "cpi": ("Centro per l'impiego di Fasano", AgencyKind.CPI, "Fasano"),
    "agenzia": ("Agenzia per il lavoro, sede di Ostuni", AgencyKind.EMPLOYMENT_AGENCY, "Ostuni"),
    "dante": ("Dante Alighieri, ente di formazione accreditato", AgencyKind.TRAINING_BODY, "Fasano"),
}


def agencies() -> dict[str, Agency]:
    made = {
        key: Agency.objects.get_or_create(name=name, defaults={"kind": kind, "municipality": town})[0]
        for key, (name, kind, town) in NAMES.items()
    }
    for key in ("cpi", "agenzia", "dante"):
        made[key].consortium = made["consorzio"]
        made[key].save()
    return made


def others_live_here() -> bool:
    """Whether the database has people, and none of them of the demo: it is somebody's, and stays as it is."""
    return User.objects.exists() and not Agency.objects.filter(name=NAMES["dante"][0]).exists()


def build(*, password: str, at: datetime) -> Cast:
    """The bodies, 11 professionals and 40 beneficiaries; all with the one demo password."""
    cast = Cast(agencies=agencies())
    # One hash for all: forty slow hashes would take half a minute, and the password is the same anyway.
    sealed = make_password(password)

    def add(first: str, last: str, role: str, agency: Agency, **given: Any) -> User:
        person = User.objects.filter(username=given["username"]).first()
        if person is None:
            person = create_person(
                by=None, first_name=first, last_name=last, agency=agency, role=role, at=at, **given
            )
            acknowledge_notice(
                person,
                notice=PRIVACY_NOTICE,
                version=PRIVACY_VERSION,
                language=person.preferred_language,
                at=at,
            )
            User.objects.filter(pk=person.pk).update(password=sealed)
        return person

    for username, first, last, role, body in STAFF:
        cast.staff[username] = add(
            first, last, role, cast.agencies[body], username=username, email=f"{username}@esempio.it"
        )
    User.objects.filter(username="admin").update(is_superuser=True)
    for index, (first, last, language) in enumerate(BENEFICIARIES):
        username = "amina" if index == 0 else f"allievo{index:02d}"
        cast.learners.append(
            add(
                first,
                last,
                Role.BENEFICIARY,
                cast.agencies["consorzio"],
                username=username,
                phone=f"+39333555{index:04d}",
                language=language,
            )
        )
    follow(cast, at)
    return cast


def follow(cast: Cast, at: datetime) -> None:
    """Who follows whom: two social workers share the people; CPI and agency follow some of them as well."""
    for index, person in enumerate(cast.learners):
        worker = cast.assistente if index % 3 != 2 else cast.assistente2
        follows = [(worker, "consorzio", "pais")]
        if index % 2 == 0:
            follows.append((cast.cpi, "cpi", "psp"))
        if index % 5 == 0:
            follows.append((cast.agenzia, "agenzia", "referral"))
        for professional, body, basis in follows:
            if not access.follows(professional, person):
                assign_case(professional, person, cast.agencies[body], basis=basis, by=None, at=at)
