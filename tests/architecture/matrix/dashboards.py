"""Home pages, the list of people, the page of one person."""

from tests.architecture.permission_matrix import Row

FOLLOWERS = dict.fromkeys(
    ["trainer", "tutor", "training_director", "social_worker", "cpi_operator", "agency_operator"], 200
)

ROWS = [
    Row("dashboards:home", codes={"*": 200, "anonymous": 302}),
    Row("dashboards:people", codes={"*": 404, "anonymous": 302} | FOLLOWERS),
    Row(
        "dashboards:person",
        lambda body: {"uuid": body.people["beneficiary"].uuid},
        codes={"*": 404, "anonymous": 302} | FOLLOWERS,
        other={"*": 404, "anonymous": 302},
    ),
]
