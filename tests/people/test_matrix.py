"""The role × data table of the protocol, written out by hand: the code must say the same.

One line per row of the table, one column per role. In a cell: letters of verbs, then where, then how much.
  R read · W write · P propose · A approve · S sign · D download          - nothing
  c  of one's cases            k  of one's classes          b  of the body or network that one answers for
  n  of anybody                several letters: any of them
  ! each read is logged with its purpose      :x only in this detail (agg, yes/no, last4, title, tech, part)
  @psp  of cases, only those followed on this basis
"""

import itertools

import pytest
from django.http import Http404
from django.utils import timezone

from lms.people import access, actions
from lms.people.models import Role
from lms.people.queries import forget_memberships, network_of
from lms.people.rules import MATRIX, Data, Detail, Relation, allowed

ROLES = [role for role in MATRIX if role != "beneficiary"]
TABLE = """
data            | trainer  | tutor    | training_director | social_worker | cpi_operator | consortium_coordinator | agency_operator | inspector | administrator | data_protection_officer
name            | R k      | R kc     | R kb              | R c           | R c          | R ckb                  | R c             | R k       | R ckb:tech | -
identity        | -        | -        | -                 | R c!          | R c!         | -                      | R c!            | R k!:last4 | - | -
contacts        | -        | R kc     | -                 | R c!          | R c!         | -                      | R c!            | -         | - | -
materials       | RW k     | R kc     | R kb              | R ckbn:title  | R ckbn:title | R ckbn:title           | R ckbn:title    | R k       | - | -
connections     | R k      | R kc     | R kb              | -             | -            | -                      | -               | R k!      | R ckb:tech | -
hours           | R k      | R kc     | R kb              | R c!          | R c!         | R ckb:agg              | R c!@psp        | R k       | - | -
corrections     | P k      | RW kc    | RA kb             | -             | -            | A ckb                  | -               | R k       | - | -
justification   | R k:yes/no | RPA kc:part | R kb:yes/no    | RPA c!        | RPA c!       | R ckb:agg              | R c:yes/no      | R k:yes/no | - | -
health_document | -        | -        | -                 | RP c!         | RP c!@psp    | -                      | -               | -         | - | -
measure         | -        | -        | -                 | RW c!         | RW c!        | R ckb:agg              | R c!:part       | -         | - | -
social_notes    | -        | -        | -                 | RW c!         | -            | -                      | -               | -         | - | -
results         | RW k     | R kc     | R kb              | R c:yes/no    | R c          | R ckb:agg              | R c             | R k       | - | -
competencies    | P k      | R kc     | R kb              | R c!          | R c!         | R ckb!                 | R c!            | R k:part  | - | -
register        | S k      | S kc     | RS kb             | -             | R c:part     | R ckb                  | -               | RD k!     | - | -
audit           | -        | -        | -                 | -             | -            | R b                    | -               | R k       | - | R b
"""
OWN = {
    "name": "R",
    "identity": "RW",
    "contacts": "RW",
    "materials": "R",
    "connections": "R",
    "hours": "R",
    "corrections": "P",
    "justification": "RW",
    "health_document": "RW",
    "measure": "R",
    "social_notes": "",  # on request, art. 15
    "results": "R",
    "competencies": "R",
    "register": "R",
    "audit": "R",
}
VERBS = {"R": "read", "W": "write", "P": "propose", "A": "approve", "S": "sign", "D": "download"}
WHERE = {"c": Relation.CASE, "k": Relation.CLASS, "b": Relation.AGENCY, "n": Relation.NONE}
DETAILS = {
    "agg": Detail.AGGREGATE,
    "yes/no": Detail.YES_NO,
    "last4": Detail.LAST_FOUR,
    "title": Detail.TITLE,
    "tech": Detail.TECHNICAL,
    "part": Detail.PARTLY,
}


def cells() -> dict[tuple[str, str], str]:
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]
    assert head[1:] == ROLES
    return {(row[0], role): cell for row in rows for role, cell in zip(ROLES, row[1:], strict=True)}


CELLS = cells()


def expected(cell: str, verb: str, relation: Relation, basis: str = "psp") -> tuple[Detail, bool]:
    cell, _, wanted = cell.partition("@")
    if cell == "-" or (wanted and basis != wanted):
        return Detail.NOTHING, False
    rest, _, detail = cell.partition(":")
    letters, places = rest.rstrip("!").split()
    if verb not in {VERBS[letter] for letter in letters} or relation not in {
        WHERE[place] for place in places
    }:
        return Detail.NOTHING, False
    return DETAILS.get(detail, Detail.FULL), "!" in rest


@pytest.mark.parametrize(("data", "role"), CELLS, ids=" ".join)
def test_each_cell_of_the_table(data, role):
    for verb, relation, basis in itertools.product(VERBS.values(), WHERE.values(), ("pais", "psp")):
        bases = {role: frozenset({basis})} if relation is Relation.CASE else {}
        grant = allowed([role], relation, Data(data), verb, bases=bases)
        wanted = expected(CELLS[data, role], verb, relation, basis)
        assert (grant.detail, grant.logged) == wanted, (verb, relation, basis)


def test_the_table_is_complete():
    assert {data for data, _ in CELLS} == set(Data) == set(OWN)
    assert set(ROLES) | {"beneficiary"} == set(MATRIX) == set(Role.values)


@pytest.mark.parametrize("role", [*ROLES, "beneficiary"])
@pytest.mark.parametrize("data", OWN)
def test_ones_own_data_whatever_ones_role(role, data):
    for letter, verb in VERBS.items():
        assert bool(allowed([role], Relation.OWN, Data(data), verb)) == (letter in OWN[data])
    assert bool(allowed([], Relation.OWN, Data.COMPETENCIES, "share"))


@pytest.mark.parametrize("relation", [relation for relation in Relation if relation is not Relation.OWN])
def test_a_beneficiary_reads_nobody_else(relation):
    for data, verb in itertools.product(Data, VERBS.values()):
        assert not allowed(["beneficiary"], relation, data, verb)


def test_two_roles_give_the_wider_grant():
    assert allowed(["inspector", "social_worker"], Relation.CASE, Data.RESULTS).detail is Detail.YES_NO
    assert allowed(["trainer", "inspector"], Relation.CLASS, Data.RESULTS).detail is Detail.FULL
    assert not allowed(["inspector", "tutor"], Relation.CLASS, Data.CONNECTIONS).logged


# --------------------------------------------------- the same table with people of two networks in a database

RELATION_HERE = {  # towards the beneficiary of one's own network, as far as this app knows (classes: enrolments)
    "beneficiary": Relation.OWN,
    "social_worker": Relation.CASE,
    "cpi_operator": Relation.CASE,
    "agency_operator": Relation.CASE,
    "consortium_coordinator": Relation.AGENCY,
}


@pytest.mark.parametrize("role", [*Role.values, "stranger"])
def test_own_network_and_the_other(world, role):
    reader = world.here.people[role]
    here, there = world.here.beneficiary, world.there.beneficiary
    assert access.relation(reader, here) is RELATION_HERE.get(role, Relation.NONE)
    assert access.relation(reader, there) is Relation.NONE
    for data in Data:
        own_role = "beneficiary" if role == "stranger" else role
        assert bool(access.may(reader, here, data)) == bool(
            allowed([own_role], RELATION_HERE.get(role, Relation.NONE), data)
        )
        if data is not Data.MATERIALS:  # titles of courses are for everybody who refers people
            assert not access.may(reader, there, data)


@pytest.mark.parametrize("role", [*Role.values, "stranger"])
def test_list_and_single_fetch_agree(world, role):
    """Whoever is in people_visible_to() opens by person_for(), and nobody else."""
    reader = world.here.people[role]
    visible = set(access.people_visible_to(reader))
    for body in (world.here, world.there):
        for person in body.people.values():
            try:
                found = access.person_for(reader, person.uuid) == person
            except Http404:
                found = False
            assert found == (person in visible), person
            if person != reader:
                known = access.relation(reader, person) is not Relation.NONE
                assert found == known, "the list holds exactly those with whom a relation is known"


@pytest.mark.parametrize("role", [*Role.values, "stranger"])
def test_followed_people_and_follows_agree(world, role):
    reader = world.here.people[role]
    followed = set(access.people_followed_by(reader))
    for body in (world.here, world.there):
        for person in body.people.values():
            assert access.follows(reader, person) == (person in followed)


def test_not_a_uuid_is_a_404(world):
    with pytest.raises(Http404):
        access.person_for(world.here.administrator, "not-a-uuid")


def test_a_lost_role_closes_its_cases_at_once(world):
    here = world.here
    assert access.follows(here.cpi_operator, here.beneficiary)
    actions.end_role(here.cpi_operator, Role.CPI_OPERATOR, here.cpi, by=None, at=timezone.now())
    assert not access.follows(here.cpi_operator, here.beneficiary)
    assert not access.roles_of(here.cpi_operator)
    assert not here.cpi_operator.cases.filter(ends_on=None).exists()


def test_a_consortium_reaches_its_network_and_no_other(world):
    here = world.here
    for body, reached in ((here.consortium, True), (None, False)):
        here.cpi.consortium = body
        here.cpi.save()
        forget_memberships(here.consortium_coordinator)
        assert (
            here.cpi.pk in network_of(here.consortium_coordinator, Role.CONSORTIUM_COORDINATOR)
        ) == reached
        assert (here.cpi_operator in access.people_visible_to(here.consortium_coordinator)) == reached
    assert world.there.cpi_operator not in access.people_visible_to(here.consortium_coordinator)
