"""Speech becomes text where somebody set that up, and nothing depends on it."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dueline.core.errors import TryLater
from dueline.core.heard_words import suggested_by
from dueline.core.inbound import File
from dueline.core.priorities import Priority
from dueline.intake import speech
from dueline.models import Case, Desk, Event, Voicemail, store
from dueline.queries.recordings import Service
from tests.left_voicemails import left
from tests.world import utc

pytestmark = pytest.mark.django_db
NIGHT = utc("2026-11-25T01:10")
SAID = "Hello, this is Cleo Dahl at Northwind. Production is down, it is critical."


class Server(ThreadingHTTPServer):
    """Speaks as much of OpenAI's protocol as is needed here."""

    daemon_threads = True
    status = 200
    answer = json.dumps({"text": SAID}).encode()
    asked: list[tuple[str, str, bytes]]


class _Answers(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, self.headers.get("Authorization", ""), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)


@pytest.fixture
def service() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), _Answers)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    speech.forget()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
    speech.forget()


def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/v1"


@pytest.fixture
def voicemail(world) -> Voicemail:
    row = left(at=NIGHT, url="", audio=File("m.wav", "audio/wav", b"RIFF"))
    row.playable_sha256 = store.save(b"ID3 what Cleo said")
    row.save()
    return row


def switch_on(server: Server) -> None:
    Desk.objects.update(speech_url=address(server), speech_key="word", speech_model="small")


def test_without_a_service_nothing_is_sent_anywhere(voicemail, service):
    assert not speech.transcribe_next(NIGHT)
    assert service.asked == []


def test_a_voicemail_is_read_by_the_service_and_nothing_is_set_by_it(voicemail, service):
    switch_on(service)
    events = Event.objects.count()
    assert speech.transcribe_next(NIGHT + timedelta(minutes=1))
    voicemail.refresh_from_db()
    assert voicemail.transcript == SAID
    assert voicemail.stated_priority == ""
    assert Case.objects.get().priority == "normal"
    assert Event.objects.count() == events
    ((path, key, body),) = service.asked
    assert (path, key) == ("/v1/audio/transcriptions", "Bearer word")
    assert b"ID3 what Cleo said" in body
    assert b'name="model"\r\n\r\nsmall' in body
    assert not speech.transcribe_next(NIGHT + timedelta(minutes=2))


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, b"{}"),
        (302, b"{}"),
        (200, b"no json"),
        (200, b"[]"),
        (200, b'{"text": 7}'),
        (200, b'{"text": "' + b"x" * 2_000_000 + b'"}'),
    ],
)
def test_a_service_that_fails_is_left_alone_for_a_while(status, answer, voicemail, service):
    switch_on(service)
    service.status, service.answer = status, answer
    assert speech.transcribe_next(NIGHT)
    assert not speech.transcribe_next(NIGHT)
    assert len(service.asked) == 1
    voicemail.refresh_from_db()
    assert voicemail.transcript == ""


def test_a_service_that_is_away_harms_nobody(voicemail):
    Desk.objects.update(speech_url="http://127.0.0.1:9/v1")
    assert speech.transcribe_next(NIGHT)
    assert not speech.transcribe_next(NIGHT)
    speech.forget()


def test_a_service_may_be_named_by_its_whole_address_and_without_a_key(service):
    whole = address(service) + "/audio/transcriptions"
    service.answer = json.dumps({"text": "a\0b\n" + "x" * 50_000}).encode()
    text = speech.transcribe(b"ID3", Service(whole, "", ""))
    assert service.asked[0][:2] == ("/v1/audio/transcriptions", "")
    assert "\0" not in text
    assert len(text) <= 20_000
    with pytest.raises(TryLater):
        speech.transcribe(b"ID3", Service("http://127.0.0.1:9", "", ""))


def test_what_was_said_long_ago_is_not_sent_to_a_new_service(voicemail, service):
    switch_on(service)
    assert not speech.transcribe_next(NIGHT + timedelta(days=2))


@pytest.mark.parametrize(
    ("said", "priority", "name"),
    [
        (SAID, Priority.CRITICAL, "Cleo Dahl"),
        ("Hej, jag heter Åsa Öberg, allt står. Ring mig.", Priority.CRITICAL, "Åsa Öberg"),
        ("Hei, dette er Kari Nordmann, det haster.", Priority.HIGH, "Kari Nordmann"),
        ("It is not critical, but please call.", None, ""),
        ("det är inte akut, tack", None, ""),
        ("this is a question about the invoice", None, ""),
        ("Please call me as soon as you can.", None, ""),  # everybody says so
        ("", None, ""),
    ],
)
def test_words_suggest_and_a_denial_suggests_nothing(said, priority, name):
    found = suggested_by(said)
    assert (found.priority, found.name) == (priority, name)
