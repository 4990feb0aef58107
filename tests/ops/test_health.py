"""/healthz and /readyz, and what stands around every page."""

import gzip
import json
import time

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from lms.service import health
from lms.service.middleware import CompressMiddleware, EditorPolicyMiddleware, ProbeMiddleware
from lms.settings.logs import without_people

pytestmark = pytest.mark.django_db
requests = RequestFactory()


@pytest.fixture
def queue(monkeypatch):
    """The worker's heartbeat, kept in memory."""
    kept = {}

    class Queue:
        def put(self, key, value):
            kept[key] = value

        def get(self, key, peek=False):
            return kept.get(key)

    monkeypatch.setattr(health, "HUEY", Queue())


def test_alive_needs_nothing(client):
    answer = client.get("/healthz", headers={"host": "10.0.0.1"})
    assert answer.status_code == 200
    assert answer.content == b"ok"


@pytest.mark.services
def test_ready_needs_database_migrations_and_a_worker_that_lives(client, queue):
    assert client.get("/readyz").status_code == 503
    health.beat(time.time())
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert set(answer.json().values()) == {"ok"}
    health.beat(time.time() - 600)
    assert client.get("/readyz").json()["worker"] == "failed"


def test_a_failing_check_says_failed_and_never_why(client, queue, monkeypatch):
    def broken():
        raise RuntimeError("password=segreta")

    monkeypatch.setattr(health, "database", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "failed"
    assert b"segreta" not in answer.content


def test_probes_ask_for_no_host_and_no_session(settings, client):
    settings.ALLOWED_HOSTS = ["ponte.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get("/healthz", headers={"host": "10.1.2.3"})
    assert answer.status_code == 200
    assert not answer.cookies


def compressed(response):
    request = requests.get("/", headers={"accept-encoding": "gzip"})
    return CompressMiddleware(lambda _request: response)(request)


def test_pages_are_compressed_and_media_are_not():
    page = compressed(HttpResponse("ciao " * 500))
    assert page["Content-Encoding"] == "gzip"
    assert gzip.decompress(page.content) == b"ciao " * 500
    assert "Content-Encoding" not in compressed(HttpResponse(b"x" * 2000, content_type="video/mp4"))
    assert "Content-Encoding" not in compressed(
        StreamingHttpResponse(iter([b"x" * 2000]), content_type="text/csv")
    )


def test_only_the_editor_may_use_inline_scripts(client):
    def policy(path):
        middleware = EditorPolicyMiddleware(lambda _request: HttpResponse())
        return getattr(middleware(requests.get(path)), "_csp_config", None)

    assert "'unsafe-inline'" in policy("/admin/pages/")["script-src"]
    assert policy("/corsi/") is None
    header = client.get("/accedi/").headers["Content-Security-Policy"]
    assert "unsafe" not in header
    assert "object-src 'none'" in header


def test_a_log_line_names_nobody():
    event = {
        "event": "Key exists\nDETAIL: Key (email)=(amina@example.org)",
        "user_id": 7,
        "ip": "192.0.2.1",
        "ms": 3,
    }
    line = json.dumps(without_people(None, "info", event))
    assert "amina" not in line
    assert "192.0.2.1" not in line
    assert '"ms": 3' in line


def test_the_request_log_holds_the_route_and_not_the_address(caplog):
    import structlog.testing

    from lms.service.middleware import RequestLogMiddleware

    def page(request):
        request.resolver_match = type("Match", (), {"route": "persone/<uuid:uuid>/"})()
        return HttpResponse()

    with structlog.testing.capture_logs() as lines:
        RequestLogMiddleware(page)(requests.get("/persone/3f0c/?q=Rossi"))
    assert lines[0]["route"] == "persone/<uuid:uuid>/"
    assert "Rossi" not in str(lines)
    assert "3f0c" not in str(lines)


def test_a_probe_passes_every_other_address_on():
    assert ProbeMiddleware(lambda request: "page")(requests.get("/healthz/x")) == "page"
