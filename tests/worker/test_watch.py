"""Row 69: when a part stands still, people hear of it from one that does not."""

from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from dueline.actions import alarms
from dueline.actions.paging import take_steps
from dueline.core.vigil import Part
from dueline.models import (
    Agent,
    Alarm,
    Desk,
    Heartbeat,
    Page,
    PageDestination,
    Paging,
    PagingChain,
    PagingStep,
)
from dueline.outlets.paging import Told
from dueline.worker import telling, watch
from dueline.worker.telling import Errand, Outcome, run
from dueline.worker.watch import Lookout
from tests.worker.receiver import Receiver
from tests.world import MONDAY

pytestmark = pytest.mark.django_db

WORKERS = (Part.WORKER, Part.INTAKE, Part.SWEEPER, Part.OUTBOX)
ALL = (*WORKERS, Part.WEB, Part.LISTENER, Part.FETCHERS)


class AtOnce:
    """Runs each errand when it is given."""

    def __init__(self) -> None:
        self.errands: list[Errand] = []
        self._outcomes: list[Outcome] = []

    def go(self, errand: Errand) -> None:
        self.errands.append(errand)
        self._outcomes.append(run(errand))

    def back(self) -> list[Outcome]:
        outcomes, self._outcomes = self._outcomes, []
        return outcomes


class Slowly(AtOnce):
    """The message has rung, and the service takes its time to say so."""

    def __init__(self) -> None:
        super().__init__()
        self.says_so = False

    def back(self) -> list[Outcome]:
        return super().back() if self.says_so else []


class Hours:
    """Lets time pass, with a look every three seconds, while some parts beat."""

    def __init__(self, lookout: Lookout, *, at=MONDAY) -> None:
        self.lookout, self.at, self.clock = lookout, at, 0.0

    def look(self) -> None:
        self.lookout.look(clock=self.clock, at=self.at)

    def pass_(self, seconds: float, *beating: Part) -> None:
        for _ in range(int(seconds // 3)):
            self.clock += 3.0
            self.at += timedelta(seconds=3)
            if beating:
                alarms.beat(*beating, at=self.at)
            self.look()


class Services:
    """The telephones: `taken` is what rang, unless nothing is taken at the moment."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.work = True

    def send_to(self, address: str, *, title: str, body: str) -> Told:
        if not self.work:
            return Told(False, "The service refused it (500).")
        self.taken.append((title, body))
        return Told(True, "The service took it.")

    @property
    def titles(self) -> list[str]:
        return [title for title, _ in self.taken]


@pytest.fixture
def receiver(monkeypatch):
    services = Services()
    monkeypatch.setattr(telling, "send_to", services.send_to)
    return services


@pytest.fixture
def away(monkeypatch):
    """A function: the database is away as long as its block lasts."""

    class Heartbeats:
        def values_list(self, *_):
            raise OperationalError("server closed the connection")

    @contextmanager
    def away():
        with monkeypatch.context() as patch:
            patch.setattr(watch, "Heartbeat", SimpleNamespace(objects=Heartbeats()))
            patch.setattr(watch, "connection", SimpleNamespace(close=lambda: None))
            yield

    return away


@pytest.fixture
def chain(world, receiver):
    """Bo first, and Asta five minutes later."""
    chain = PagingChain.objects.create(name="Night", created_at=MONDAY)
    for position, person in enumerate((world.bo, world.asta), start=1):
        PagingStep.objects.create(
            chain=chain, position=position, whom="agent", agent_id=person.id, wait_minutes=5
        )
        PageDestination.objects.create(
            agent_id=person.id,
            position=1,
            label=f"telephone {position}",
            address=f"json://127.0.0.1/{position}",
            created_at=MONDAY,
        )
    Desk.objects.update(watch_chain=chain)
    return chain


def lookout(**more):
    given = {
        "parts": set(Part) - {Part.WATCHER},
        "expected": {Part.WORKER},
        "messenger": AtOnce(),
        "began": 0.0,
    }
    return Lookout(more.pop("name", Part.WATCHER), **{**given, **more})


@pytest.fixture
def hours(chain):
    hours = Hours(lookout())
    hours.pass_(60, *ALL)
    return hours


def test_nobody_is_told_of_anything_while_all_parts_go(hours, receiver):
    hours.pass_(600, *ALL)
    assert receiver.taken == []
    assert not Alarm.objects.exists()


def test_a_worker_that_dies_is_told_within_a_minute_once_and_as_one(hours, receiver):
    died_at = hours.at
    hours.pass_(60, Part.WEB, Part.LISTENER, Part.FETCHERS)
    (alarm,) = Alarm.objects.all()
    assert (alarm.part, alarm.since, alarm.noticed_by) == ("worker", died_at, "watcher")
    assert alarm.told_at - died_at <= timedelta(seconds=60)
    assert alarm.said == "Bo Ström, telephone 1: taken"
    ((title, body),) = receiver.taken
    assert title == "Harbour Support: no sign of life of: The worker"
    assert "10:01 on Monday 23 November" in body
    assert "http://desk.example/console/settings/health" in body


def test_the_next_person_is_told_while_it_still_stands_still_and_then_nobody(hours, receiver):
    hours.pass_(400, Part.WEB)
    assert receiver.titles.count(receiver.titles[0]) == 2
    assert Alarm.objects.get(part="worker").said == "Bo Ström, telephone 1: taken"
    told = len(receiver.taken)
    hours.pass_(3600, Part.WEB)
    assert len(receiver.taken) == told


def test_what_goes_again_is_told_once_to_those_who_were_told(hours, receiver):
    hours.pass_(60, *ALL[1:])
    hours.pass_(60, *ALL)
    assert receiver.titles[1:] == ["Harbour Support: goes again: The worker"]
    assert Alarm.objects.get().ended_at is not None
    hours.pass_(600, *ALL)
    assert len(receiver.taken) == 2


def test_what_goes_again_before_the_service_has_answered_is_told_all_the_same(chain, receiver):
    messenger = Slowly()
    hours = Hours(lookout(messenger=messenger))
    hours.pass_(60, *ALL)
    hours.pass_(60, *ALL[1:])
    assert len(receiver.taken) == 1
    hours.pass_(30, *ALL)
    assert len(receiver.taken) == 1  # nobody knows yet who was woken
    messenger.says_so = True
    hours.pass_(600, *ALL)
    assert Alarm.objects.get().said == "Bo Ström, telephone 1: taken"
    assert receiver.titles[1:] == ["Harbour Support: goes again: The worker"]


def test_a_job_that_is_stuck_is_told_by_the_name_of_its_part(hours, receiver):
    hours.pass_(90, *[part for part in ALL if part is not Part.SWEEPER])
    assert receiver.titles == ["Harbour Support: no sign of life of: Sweeping the clocks"]


def test_two_who_watch_tell_once(hours, receiver):
    other = Hours(lookout(), at=hours.at)
    for _ in range(60):
        hours.pass_(3, Part.WEB)
        other.pass_(3)
    assert Alarm.objects.filter(part="worker").count() == 1
    assert receiver.titles.count("Harbour Support: no sign of life of: The worker") == 1


def test_after_a_start_every_part_gets_its_time_and_an_alarm_is_not_told_again(hours, receiver):
    hours.pass_(60, *ALL[1:])
    assert len(receiver.taken) == 1
    started = Hours(lookout(), at=hours.at)  # the watch was started anew
    started.pass_(42, *ALL[1:])
    assert Alarm.objects.filter(ended_at=None).count() == 1
    started.pass_(600, *ALL[1:])
    assert len(receiver.taken) == 1
    started.pass_(60, *ALL)
    assert receiver.titles[1:] == ["Harbour Support: goes again: The worker"]


def test_what_a_watch_noticed_and_could_not_tell_any_more_is_told_by_the_next(hours, receiver):
    alarms.notice("worker", since=hours.at, by="watcher", at=hours.at)
    started = Hours(lookout(), at=hours.at)
    started.pass_(60, *ALL[1:])
    assert receiver.taken == []
    started.pass_(90, *ALL[1:])
    assert receiver.titles == ["Harbour Support: no sign of life of: The worker"]


def test_where_no_service_takes_it_the_next_person_is_told_and_then_all_is_tried_again(
    hours, receiver
):
    receiver.work = False
    hours.pass_(60, *ALL[1:])
    alarm = Alarm.objects.get()
    assert alarm.told_at is None
    assert "Bo Ström, telephone 1: The service refused it (500)." in alarm.said
    assert "Asta Lind, asta@desk.example: no mail server is set up" in alarm.said
    receiver.work = True
    hours.pass_(63, *ALL[1:])
    assert Alarm.objects.get().told_at is not None
    assert len(receiver.taken) == 1


def test_somebody_who_left_is_not_told(hours, receiver, world):
    agent = Agent.objects.get(pk=world.bo.id)
    agent.account.is_active = False
    agent.account.save()
    hours.pass_(120, *ALL[1:])
    assert Alarm.objects.get().said == "Asta Lind, telephone 2: taken"


def test_the_database_that_is_away_is_told_from_memory_and_written_down_afterwards(
    hours, receiver, away
):
    gone_at = hours.at

    with away():
        hours.pass_(90)
    assert receiver.titles == ["Harbour Support: no sign of life of: The database"]
    hours.pass_(60, *ALL)
    assert receiver.titles[1:] == ["Harbour Support: goes again: The database"]
    (alarm,) = Alarm.objects.all()
    assert (alarm.part, alarm.said) == ("database", "Bo Ström, telephone 1: taken")
    assert alarm.since - gone_at <= timedelta(seconds=3)
    assert alarm.ended_at is not None


def test_a_short_absence_of_the_database_is_no_news(hours, receiver, away):
    with away():
        hours.pass_(50)
    hours.pass_(120, *ALL)
    assert receiver.taken == []
    assert not Alarm.objects.exists()


def test_the_worker_tells_that_nobody_watches(chain, receiver):
    worker = Hours(lookout(name=Part.WORKER, parts={Part.WATCHER}, expected=()))
    worker.pass_(60)
    assert receiver.taken == []  # nobody ever watched here
    worker.pass_(60, Part.WATCHER)
    worker.pass_(60)
    assert receiver.titles == ["Harbour Support: no sign of life of: The watcher"]
    assert Alarm.objects.get().noticed_by == "worker"
    worker.pass_(30, Part.WATCHER)
    assert receiver.titles[1:] == ["Harbour Support: goes again: The watcher"]


def test_without_a_chain_those_who_lead_are_told_by_mail(world, receiver):
    from tests.outlets.sink import Sink

    sink = Sink()
    sink.start()
    Desk.objects.update(smtp_host="127.0.0.1", smtp_port=sink.port, smtp_security="none")
    hours = Hours(lookout())
    hours.pass_(60, *ALL)
    hours.pass_(60, *ALL[1:])
    sink.stop()
    (taken,) = sink.taken
    assert taken.rcpt_to == ["ada@desk.example"]
    assert Alarm.objects.get().said == "Ada Sund, ada@desk.example: taken"


def test_a_part_that_is_forgotten_is_missed_no_more(hours, receiver):
    hours.pass_(90, *[part for part in ALL if part is not Part.LISTENER])
    assert Alarm.objects.filter(part="listener", ended_at=None).exists()
    alarms.forget("listener", at=hours.at)
    fresh = Hours(lookout(), at=hours.at)
    fresh.pass_(300, *[part for part in ALL if part is not Part.LISTENER])
    assert not Alarm.objects.filter(ended_at=None).exists()
    assert not Heartbeat.objects.filter(name="listener").exists()


# ---- while paging goes ----


@pytest.fixture
def paged(chain):
    hours = Hours(lookout())
    hours.pass_(60, *ALL, Part.PAGER)
    return hours


def test_while_paging_goes_people_are_paged_as_for_anything_else(paged, receiver, world):
    paged.pass_(90, *[part for part in (*ALL, Part.PAGER) if part is not Part.LISTENER])
    (paging,) = Paging.objects.all()
    assert (paging.why, paging.case, paging.chain_name) == ("part", None, "Night")
    assert paging.said.startswith("Harbour Support: no sign of life of: The mail listener")
    assert Alarm.objects.get().said == "Paged by the chain “Night”."
    assert receiver.taken == []
    assert take_steps(at=paged.at) == 1
    Page.objects.update(state="sent")

    paged.pass_(60, *ALL, Part.PAGER)
    assert Paging.objects.get().state == "ended"
    assert receiver.titles == ["Harbour Support: goes again: The mail listener"]
    assert [errand.people[0].name for errand in paged.lookout._messenger.errands] == ["Bo Ström"]


def test_two_parts_that_stand_still_at_once_wake_people_once(paged):
    rest = [part for part in (*ALL, Part.PAGER) if part not in (Part.LISTENER, Part.WEB)]
    paged.pass_(120, *rest)
    assert Alarm.objects.filter(told_at__isnull=False).count() == 2
    assert Paging.objects.count() == 1


def test_where_paging_ended_with_the_worker_the_watch_tells_by_itself(paged, receiver):
    paged.pass_(60, Part.WEB, Part.LISTENER, Part.FETCHERS)
    assert receiver.titles == ["Harbour Support: no sign of life of: The worker"]
    assert not Paging.objects.exists()


def test_where_paging_itself_stands_still_the_watch_tells_by_itself(paged, receiver):
    paged.pass_(180, *ALL)
    assert receiver.titles == ["Harbour Support: no sign of life of: Paging"]
    assert not Paging.objects.exists()


def test_the_worker_pages_about_the_watcher_while_paging_goes(chain, receiver):
    worker = Hours(lookout(name=Part.WORKER, parts={Part.WATCHER}, expected=()))
    worker.pass_(60, Part.WATCHER, Part.PAGER)
    worker.pass_(60, Part.PAGER)
    assert Paging.objects.get().occasion.startswith("part:watcher:")
    assert receiver.taken == []


# ---- the call to the outside monitor ----


@pytest.fixture
def monitor():
    monitor = Receiver()
    yield monitor
    monitor.stop()


@pytest.fixture
def calls(chain, monitor, monkeypatch):
    """The watch that calls a monitor, each call made at once."""

    class AtOnceThread:
        def __init__(self, *, target, args, **_):
            self.start = lambda: target(*args)

    monkeypatch.setattr(watch, "threading", SimpleNamespace(Thread=AtOnceThread))
    Desk.objects.update(ping_url=monitor.url)
    return Hours(lookout(pings=True))


def test_f16_the_monitor_is_called_every_minute_only_while_every_part_goes(
    calls, monitor, receiver
):
    calls.look()
    assert monitor.called == []  # nothing is known of the parts yet
    calls.pass_(300, *ALL)
    assert len(monitor.called) == 5
    calls.pass_(60, *ALL[1:])
    called = len(monitor.called)
    calls.pass_(600, *ALL[1:])
    assert len(monitor.called) == called
    calls.pass_(60, *ALL)
    assert len(monitor.called) == called + 1
    assert Heartbeat.objects.get(name="ping").beat_at >= calls.at - timedelta(seconds=60)


def test_f16_a_monitor_that_cannot_be_called_is_shown_and_wakes_nobody(calls, monitor, receiver):
    monitor.status = 500
    calls.pass_(180, *ALL)
    (alarm,) = Alarm.objects.all()
    assert (alarm.part, alarm.said, alarm.told_at) == ("ping", "500 Internal Server Error", None)
    monitor.status = 200
    calls.pass_(120, *ALL)
    assert Alarm.objects.get().ended_at is not None
    assert receiver.taken == []
