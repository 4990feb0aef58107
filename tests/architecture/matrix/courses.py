"""Files at the author's address: for who writes that course; the pictures of public pages are tested apart."""

from tests.architecture.permission_matrix import Row

AUTHORS_ONLY = {"*": 404, "trainer": 200}


def files(body):
    """Files in the private collection of the body's course, and its trainer among the authors."""
    from courses.permissions import author_group
    from tests.courses.conftest import document, film, picture

    if "picture" in body.__dict__:
        return
    body.trainer.groups.add(author_group(body.course))
    collection = body.course.authors.collection
    body.picture = picture(collection=collection)
    body.film = film(collection=collection)
    body.document = document(collection=collection)


def core(body):
    """A framework to read."""
    from courses.frameworks.importers import import_core

    import_core()


def entry(body):
    from courses.frameworks.queries import competency_by_code

    return {"uuid": competency_by_code("digcomp", "1.1").uuid}


EVERYBODY = {"*": 200}

ROWS = [
    Row("frameworks:index", codes=EVERYBODY),
    Row(
        "frameworks:framework",
        lambda body: {"code": "digcomp", "version": "3.0"},
        codes=EVERYBODY,
        setup=core,
    ),
    Row("frameworks:competency", entry, codes=EVERYBODY, setup=core),
    Row(
        "courses:image",
        lambda body: {"uuid": body.picture.uuid, "size": "400"},
        codes=AUTHORS_ONLY,
        other={"*": 404},
        setup=files,
    ),
    Row(
        "courses:document",
        lambda body: {"uuid": body.document.uuid},
        codes=AUTHORS_ONLY,
        other={"*": 404},
        setup=files,
    ),
    Row(
        "courses:media",
        lambda body: {"uuid": body.film.uuid},
        codes=AUTHORS_ONLY,
        other={"*": 404},
        setup=files,
    ),
    Row(
        "courses:captions",
        lambda body: {"uuid": body.film.uuid},
        codes=AUTHORS_ONLY,
        other={"*": 404},
        setup=files,
    ),
    Row("courses:sitemap", codes={"*": 200}),
]
