"""HTTP in one thread hop: what goes in and out, and that database connections are kept."""

import asyncio
import threading

import pytest
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse

from lms.service.bridge import OneHop


def scope(method="GET", path="/", headers=(), query=b""):
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": list(headers),
        "http_version": "1.1",
        "scheme": "http",
        "client": ("192.0.2.7", 4000),
        "server": ("127.0.0.1", 8000),
    }


def ask(bridge, scope, body=(b"",), *, leave_after=None):
    """Sends one request through; the messages that came back."""

    async def talk():
        incoming = asyncio.Queue()
        for n, chunk in enumerate(body):
            incoming.put_nowait({"type": "http.request", "body": chunk, "more_body": n < len(body) - 1})
        sent = []

        async def send(message):
            sent.append(message)
            if leave_after is not None and len(sent) == leave_after:
                incoming.put_nowait({"type": "http.disconnect"})
                await asyncio.sleep(0.05)

        await asyncio.wait_for(bridge(scope, incoming.get, send), 10)
        return sent

    return asyncio.run(talk())


def wsgi(answer):
    def application(environ, start_response):
        response = answer(environ)
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return response

    return application


def bridge(answer, **options):
    return OneHop(wsgi(answer), threads=1, **{"max_body": 10_000, **options})


def headers_of(messages):
    return {name.decode(): value.decode() for name, value in messages[0]["headers"]}


def test_a_page_arrives_whole_with_its_length():
    sent = ask(bridge(lambda environ: HttpResponse(f"ciao {environ['PATH_INFO']}")), scope(path="/corsi/"))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 200
    assert sent[1]["body"] == b"ciao /corsi/"
    assert headers_of(sent)["content-length"] == "12"


def test_a_path_of_any_letters_arrives_as_wsgi_says_it():
    seen = {}
    ask(bridge(lambda environ: seen.update(environ) or HttpResponse()), scope(path="/città/"))
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/città/"
    assert seen["REMOTE_ADDR"] == "192.0.2.7"


def test_the_body_in_pieces_is_one_body():
    sent = ask(
        bridge(
            lambda environ: HttpResponse(environ["wsgi.input"].read() + environ["CONTENT_LENGTH"].encode())
        ),
        scope("POST", headers=[(b"content-length", b"99")]),
        body=(b"uno", b"due"),
    )
    assert sent[1]["body"] == b"unodue6"


def test_a_body_past_the_limit_is_refused_before_django_sees_it():
    seen = []
    sent = ask(
        bridge(lambda environ: seen.append(1) or HttpResponse(), max_body=5), scope("POST"), body=(b"123456",)
    )
    assert sent[0]["status"] == 413
    assert not seen


def test_a_header_with_an_underscore_cannot_pass_for_the_proxys_own():
    seen = {}
    headers = [
        (b"x_forwarded_proto", b"https"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"accept", b"text/html"),
        (b"accept", b"*/*"),
    ]
    ask(bridge(lambda environ: seen.update(environ) or HttpResponse()), scope(headers=headers))
    assert "HTTP_X_FORWARDED_PROTO" not in seen
    assert seen["HTTP_COOKIE"] == "a=1; b=2"
    assert seen["HTTP_ACCEPT"] == "text/html,*/*"


def test_head_has_the_headers_and_no_body():
    sent = ask(bridge(lambda environ: HttpResponse("ciao", headers={"Content-Length": "4"})), scope("HEAD"))
    assert sent[1]["body"] == b""
    assert headers_of(sent)["content-length"] == "4"


def test_a_stream_is_sent_piece_by_piece():
    sent = ask(bridge(lambda environ: StreamingHttpResponse(iter([b"uno", b"due"]))), scope())
    assert [message.get("body") for message in sent[1:]] == [b"uno", b"due", b""]
    assert sent[1]["more_body"]


def test_a_stream_ends_when_its_reader_goes():
    read = []

    def endless():
        while len(read) < 10_000:
            read.append(1)
            yield b"x"

    ask(bridge(lambda environ: StreamingHttpResponse(endless())), scope(), leave_after=3)
    assert len(read) < 100


def test_a_reader_who_leaves_while_sending_reaches_nobody():
    seen = []

    async def talk():
        async def receive():
            return {"type": "http.disconnect"}

        await bridge(lambda environ: seen.append(1) or HttpResponse())(scope(), receive, None)

    asyncio.run(talk())
    assert not seen


def test_an_answer_ends_its_request_in_the_thread_that_made_it():
    threads = []

    class Answer(HttpResponse):
        def close(self):
            threads.append(threading.get_ident())
            super().close()

    hop = bridge(lambda environ: threads.append(threading.get_ident()) or Answer("x"))
    ask(hop, scope())
    assert len(threads) == 2
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()


@pytest.mark.services
def test_a_thread_keeps_its_database_connection_from_one_request_to_the_next(
    own_database, transactional_db, settings
):
    """CONN_MAX_AGE reuses nothing under Django's own ASGI handler: 86 connections open at concurrency 16."""
    from django.core.wsgi import get_wsgi_application

    used = []

    def watched(environ, start_response):
        answer = application(environ, start_response)
        used.append((threading.get_ident(), id(connection.connection)))
        return answer

    application = get_wsgi_application()
    hop = OneHop(watched, threads=2, max_body=10_000)
    for _ in range(8):
        sent = ask(hop, scope(path="/readyz", headers=[(b"host", b"testserver")]))
        assert sent[0]["status"] in {200, 503}
    assert len({thread for thread, _ in used}) <= 2
    per_thread = {thread: {c for t, c in used if t == thread} for thread, _ in used}
    assert all(len(connections) == 1 for connections in per_thread.values())
    for _ in range(2):
        hop.pool.submit(lambda: connection.close()).result()
    hop.pool.shutdown()
