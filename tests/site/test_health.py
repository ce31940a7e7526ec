from datetime import timedelta

import pytest

from dueline.actions import inbox
from dueline.core.instants import now
from dueline.models import Heartbeat, Mailbox

pytestmark = pytest.mark.django_db


def test_the_desk_is_not_ready_before_its_worker_was_seen(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["worker"] == "silent"


def test_the_desk_is_not_ready_when_its_worker_fell_silent(client):
    Heartbeat.objects.create(name="worker", beat_at=now() - timedelta(minutes=2))
    assert client.get("/readyz").status_code == 503


def test_the_desk_is_ready_while_its_worker_beats(client):
    Heartbeat.objects.create(name="worker", beat_at=now())
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["database"] == "ok"


def test_f8_a_clock_that_was_set_is_told_and_stops_nothing(client):
    Heartbeat.objects.create(name="worker", beat_at=now())
    assert client.get("/readyz").json()["clock"] == "ok"
    Heartbeat.objects.create(name="clock", beat_at=now() - timedelta(minutes=5))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["clock"]) == (200, "was set")


def test_the_process_is_up_without_asking_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


def test_every_answer_carries_the_headers_of_the_house(client):
    headers = client.get("/healthz").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_late_mail_is_told_and_takes_no_page_away(client, world):
    Heartbeat.objects.create(name="worker", beat_at=now())
    told = client.get("/readyz").json()
    assert (told["mail_fetched"], told["inbox"], told["outbox"]) == ("ok", "ok", "ok")
    long_ago = now() - timedelta(minutes=20)
    Mailbox.objects.create(address="a@b.example", imap_host="imap.b.example", created_at=long_ago)
    inbox.keep_raw(b"x", door="smtp", mail_from="", rcpt_to=[], at=long_ago)

    answer = client.get("/readyz")

    told = answer.json()
    assert answer.status_code == 200
    assert (told["mail_fetched"], told["inbox"], told["outbox"]) == ("late", "stands still", "ok")
