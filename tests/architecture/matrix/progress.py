"""The player: only one's own courses, and their files."""

from uuid import UUID

from tests.architecture.permission_matrix import Row

NOBODY = {"*": 404, "anonymous": 302}
ABSENT = UUID("00000000-0000-4000-8000-000000000000")


def own(code):
    return {**NOBODY, "beneficiary": code}


def step(index, **more):
    """The lesson (0) or the quiz (2) of the world's course."""

    def kwargs(body):
        from courses.queries import outline

        return {"code": body.edition.code, "key": outline(body.course).activities[index].key, **more}

    return kwargs


def absent(**more):
    return lambda body: {"uuid": ABSENT, **more}


# The quiz waits for the lessons: its own learner is told so (403), the others find nothing.
ROWS = [
    Row("progress:courses", codes={"*": 200, "anonymous": 302, "beneficiary": 302}),
    Row("progress:hours", codes={"*": 200, "anonymous": 302}),
    Row("progress:note", codes={"*": 302}, method="post"),
    Row("progress:help", codes={"*": 200, "anonymous": 302}),
    Row("progress:map", lambda body: {"code": body.edition.code}, codes=own(200), other=NOBODY),
    Row("progress:activity", step(0), codes=own(200), other=NOBODY),
    Row("progress:finish", step(0), codes=own(409), other=NOBODY, method="post"),
    Row("progress:study", step(0), codes=own(204), other=NOBODY, method="post"),
    Row("progress:start", step(2), codes=own(403), other=NOBODY, method="post"),
    Row("progress:question", step(2, number=1), codes=own(403), other=NOBODY),
    Row("progress:review", step(2), codes=own(403), other=NOBODY),
    Row("progress:submit", step(2), codes=own(403), other=NOBODY, method="post"),
    Row("progress:result", step(2, attempt=ABSENT), codes=own(403), other=NOBODY),
    Row("progress:image", absent(size="400"), codes=NOBODY),
    Row("progress:document", absent(), codes=NOBODY),
    Row("progress:media", absent(), codes=NOBODY),
    Row("progress:captions", absent(), codes=NOBODY),
]
