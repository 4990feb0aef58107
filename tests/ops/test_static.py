"""Static files: hashed names are kept for good, and Django is not asked."""

import asyncio
import json

import pytest

from lms.service.static import with_static_files


def get(site, path, **headers):
    async def talk():
        sent = []

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        }
        await site(scope, None, send)
        return sent

    sent = asyncio.run(talk())
    head = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], head, b"".join(message.get("body", b"") for message in sent[1:])


async def django(scope, receive, send):
    await send({"type": "http.response.start", "status": 404, "headers": [(b"from", b"django")]})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def collected(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "ponte.css").write_text("a{}" * 100)
    (tmp_path / "ponte.0123456789ab.css").write_text("a{}" * 100)
    (tmp_path / "ponte.0123456789ab.css.gz").write_bytes(b"squeezed")
    (tmp_path / "staticfiles.json").write_text(json.dumps({"paths": {}, "version": "1.1"}))
    return with_static_files(django)


def test_a_hashed_name_is_kept_for_good_and_comes_compressed(collected):
    status, head, body = get(collected, "/static/ponte.0123456789ab.css", **{"accept-encoding": "gzip"})
    assert status == 200
    assert "immutable" in head["cache-control"]
    assert head["content-encoding"] == "gzip"
    assert body == b"squeezed"


def test_a_plain_name_is_asked_for_again(collected):
    _, head, body = get(collected, "/static/ponte.css")
    assert head["cache-control"] == "max-age=60, public"
    assert "content-encoding" not in head
    assert body.startswith(b"a{}")


@pytest.mark.parametrize("path", ["/static/missing.css", "/static/../settings.py", "/static/%2e%2e/x", "/"])
def test_everything_else_is_djangos(collected, path):
    _, head, _ = get(collected, path)
    assert head == {"from": "django"}
