"""What engineers and administrators see of the parts of the desk."""

from datetime import timedelta

import pytest

from dueline.actions import alarms
from dueline.core.vigil import Part
from dueline.models import Alarm, AuditEntry, Desk, Heartbeat
from tests.worker.receiver import Receiver

MINUTE = timedelta(minutes=1)
PAGE = "/console/settings/health"


def body(response) -> str:
    return response.content.decode()


@pytest.fixture
def monitor():
    monitor = Receiver()
    yield monitor
    monitor.stop()


@pytest.mark.parametrize("page", ["queue", "cases", "inbox", "outbox", "notices"])
def test_f16_every_page_names_the_part_that_stands_still(world, enter, now, page):
    client = enter(world.asta)
    alarms.beat(Part.WORKER, Part.SWEEPER, Part.PAGER, at=now)
    assert "stands still" not in body(client.get(f"/console/{page}"))
    alarms.beat(Part.PAGER, at=now - 3 * MINUTE)
    told = body(client.get(f"/console/{page}"))
    assert "A part of the desk stands still." in told
    assert "Paging: no sign of life since" in told
    assert "Nobody is woken for a Critical case." in told
    assert "Sweeping the clocks" not in told


def test_f16_a_worker_that_is_silent_is_named_and_its_parts_are_not(world, enter, now):
    alarms.beat(Part.WORKER, Part.SWEEPER, Part.PAGER, Part.INTAKE, at=now - 3 * MINUTE)
    told = body(enter(world.asta).get("/console/queue"))
    assert "The worker is silent." in told
    assert "A part of the desk stands still." not in told


def test_f8_a_sign_from_before_the_clock_was_set_back_is_none(world, enter, now):
    alarms.beat(Part.WORKER, at=now + 60 * MINUTE)
    assert "The worker is silent." in body(enter(world.asta).get("/console/queue"))


@pytest.mark.parametrize("who", ["asta", "tove"])
def test_only_administrators_find_the_page_of_health(world, enter, who):
    client = enter(getattr(world, who))
    assert client.get(PAGE).status_code == 404
    assert client.post(f"{PAGE}/ping", {"ping_url": "http://127.0.0.1/"}).status_code == 404
    assert client.post(f"{PAGE}/parts/listener/end").status_code == 404


def test_the_page_shows_each_part_and_the_alarms_of_late(world, enter, now):
    alarms.beat(Part.WORKER, Part.WEB, at=now)
    alarms.beat(Part.LISTENER, at=now - 9 * MINUTE)
    alarms.notice("listener", since=now - 9 * MINUTE, by="watcher", at=now - 8 * MINUTE)
    alarms.tell(["listener"], said="Bo Ström, telephone: taken", at=now - 7 * MINUTE)
    told = body(enter(world.ada).get(PAGE))
    assert "No mail is taken in by SMTP." in told
    assert "Bo Ström, telephone: taken" in told
    assert "No paging chain is set for this" in told
    assert "Ada Sund" in told


@pytest.mark.parametrize(
    "typed", ["hc-ping.example/1", "ftp://a.example", "https://", "https://a b"]
)
def test_an_address_that_is_none_is_refused(world, enter, typed):
    told = enter(world.ada).post(PAGE, {"ping_url": typed})
    assert told.status_code == 400
    assert "Write an address that begins with https://." in body(told)
    assert Desk.objects.get().ping_url == ""


def test_an_address_is_kept_and_no_audit_entry_tells_it(world, enter):
    client = enter(world.ada)
    assert client.post(PAGE, {"ping_url": "https://hc.example/abc"}).status_code == 302
    assert Desk.objects.get().ping_url == "https://hc.example/abc"
    (entry,) = AuditEntry.objects.all()
    assert (entry.what, entry.facts) == ("ping", {"is_set": True})


def test_the_monitor_is_called_for_a_test_and_nothing_is_stored(world, enter, monitor):
    client = enter(world.ada)
    assert "The monitor took the call." in body(
        client.post(f"{PAGE}/ping", {"ping_url": monitor.url})
    )
    monitor.status = 404
    told = body(client.post(f"{PAGE}/ping", {"ping_url": monitor.url}))
    assert "404 Not Found" in told
    assert monitor.called == ["/ping/abc"] * 2
    assert Desk.objects.get().ping_url == ""


def test_how_the_calls_fare_is_shown(world, enter, now):
    Desk.objects.update(ping_url="https://hc.example/abc")
    alarms.record_ping("", at=now - 5 * MINUTE)
    alarms.record_ping("it cannot be reached", at=now - 4 * MINUTE)
    alarms.record_ping("no answer in time", at=now - 3 * MINUTE)
    told = body(enter(world.ada).get(PAGE))
    assert "It was last called with success" in told
    assert "no answer in time" in told
    assert Alarm.objects.filter(part="ping").count() == 1


def test_a_part_that_no_desk_can_be_without_is_not_forgotten(world, enter, now):
    alarms.beat(Part.WORKER, at=now - 9 * MINUTE)
    told = enter(world.ada).post(f"{PAGE}/parts/worker/end")
    assert told.status_code == 400
    assert Heartbeat.objects.filter(name="worker").exists()


def test_a_part_that_is_not_used_any_more_is_forgotten(world, enter, now):
    alarms.beat(Part.LISTENER, at=now - 9 * MINUTE)
    alarms.notice("listener", since=now - 9 * MINUTE, by="watcher", at=now)
    assert enter(world.ada).post(f"{PAGE}/parts/listener/end").status_code == 302
    assert not Heartbeat.objects.filter(name="listener").exists()
    assert Alarm.objects.get().ended_at is not None
