"""Kill -9 and doubled workers during an escalation: every step is taken once, and in time.

    python -m tests.crash.escalation

On SQLite, or on what DATABASE_URL names: an empty one. Chains of this program wait seconds where a
desk's wait minutes.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from tests.crash.house import House, wait_for
from tests.processes import DUELINE
from tests.receivers import Receiver

CASES = 3
WAIT = 4.0  # seconds between two steps
IN_TIME = timedelta(seconds=10)  # promise 3

# Where a worker ends itself, one after another: within a step, and after it; before a page has
# left, when it may have, and when a service has taken it.
CRASHES = (
    "paging.before-commit:1",
    "paging.taken:2",
    "paging.before-commit:3",
    "paging.taken:1",
    "page.claimed:1",
    "page.begun:2",
    "page.answered:1",
)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="dueline-escalation-") as folder:
        os.environ.setdefault("DUELINE_DATA", f"{folder}/data")
        os.environ["DUELINE_DNS"] = "off"
        os.environ["DJANGO_SETTINGS_MODULE"] = "dueline.site.settings"
        houses = [House(dict(os.environ), Path(folder)) for _ in range(2)]
        receiver = Receiver()
        receiver.start()
        try:
            _play(houses, receiver)
        except AssertionError as error:
            print(f"FAILED: {error}\n{(Path(folder) / 'processes.log').read_text()[-4000:]}")
            return 1
        finally:
            for house in houses:
                house.kill_all()
            receiver.stop()
    return 0


def _play(houses: list[House], receiver: Receiver) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from tests.chains import reachable
    from tests.world import build_world

    call_command("migrate", interactive=False, verbosity=0)
    world = build_world()
    cast = [world.bo, world.asta, world.tove, world.ada]
    reachable(*cast, address=receiver.address)
    people = [person.id for person in cast]
    _killed_again_and_again(houses[0], _open_cases(world, people), people)
    _check_pages(receiver)
    _two_at_once(houses, _open_cases(world, people), people)
    _check_pages(receiver)
    _no_clock_is_wrong()


def _killed_again_and_again(house: House, cases: list[int], people: list[int]) -> None:
    """One worker, which dies again and again. No step is lost and none is taken twice."""
    for crash in CRASHES:
        house.start("worker", crash_point=crash)
        wait_for(lambda: not house.is_running("worker"), within=60, what=f"it dies at {crash}")
    house.start("worker")
    _wait_for_the_end(cases)
    _check_steps(cases, people)
    house.kill("worker")
    print(f"{len(CRASHES)} kills: every step of {len(cases)} chains once")


def _two_at_once(houses: list[House], cases: list[int], people: list[int]) -> None:
    """Two workers, of which one is killed in the middle: the other goes on, and nothing is late."""
    for house in houses:
        house.start("worker")
    _begin_soon(cases)  # until then both have been starting
    time.sleep(2 * WAIT)
    houses[0].kill("worker")
    _wait_for_the_end(cases)
    latest = _check_steps(cases, people)
    assert latest <= IN_TIME, f"a page left {latest} late"
    print(
        f"two workers, one killed: every step once, the latest {latest.total_seconds():.1f} s late"
    )


def _open_cases(world, people: list[int]) -> list[int]:  # type: ignore[no-untyped-def]
    """Open Critical cases, each with a chain of one person after another."""
    from dueline.core.instants import now
    from dueline.models import Paging
    from tests.chains import chain

    steps = [{"whom": "agent", "agent_id": one, "wait_minutes": 5} for one in people]
    chain(*steps, name=f"Chain {now().isoformat()}")
    cases = [world.case(priority="critical", at=now()).pk for _ in range(CASES)]
    for paging in Paging.objects.filter(case__in=cases):
        paging.steps = [{**step, "wait_minutes": WAIT / 60} for step in paging.steps]
        paging.save(update_fields=["steps"])
    return cases


def _begin_soon(cases: list[int]) -> None:
    from dueline.core.instants import now
    from dueline.models import Paging

    begins_at = now() + timedelta(seconds=20)
    waiting = Paging.objects.filter(case__in=cases, steps_taken=0)
    waiting.update(started_at=begins_at, next_at=begins_at)
    wait_for(lambda: now() >= begins_at, within=40, what="time passes")


def _wait_for_the_end(cases: list[int]) -> None:
    from dueline.models import Page, Paging

    running = Paging.objects.filter(case__in=cases, state="running")
    wait_for(lambda: not running.exists(), within=90, what="every chain ends")
    # Of a page that a dead worker had, the lease has to run out first.
    unsent = Page.objects.filter(paging__case__in=cases, sent_at=None)
    wait_for(lambda: not unsent.exists(), within=90, what="every page is taken by a service")


def _check_steps(cases: list[int], people: list[int]) -> timedelta:
    """Raise AssertionError unless each step stands there once. Returns how late the latest was."""
    from dueline.models import Event, Page, Paging

    latest = timedelta()
    for paging in Paging.objects.filter(case__in=cases):
        pages = list(Page.objects.filter(paging=paging).order_by("step"))
        assert [(page.step, page.agent_id) for page in pages] == list(enumerate(people))
        due = [paging.started_at + timedelta(seconds=WAIT) * n for n in range(len(people))]
        assert [page.created_at for page in pages] == due, f"{paging.pk}: not at the chain's time"
        latest = max(latest, *(_tried_at(page) - page.created_at for page in pages))
        kinds = Event.objects.filter(case=paging.case, kind__startswith="paging")
        told = Counter(kinds.values_list("kind", flat=True))
        assert told == {"paging_started": 1, "paging_ended": 1}, f"{paging.pk}: {told}"
    return latest


def _tried_at(page) -> datetime:  # type: ignore[no-untyped-def]
    return page.attempts.order_by("id").first().began_at


def _check_pages(receiver: Receiver) -> None:
    """Raise AssertionError unless each page has left; twice only where a worker died meanwhile."""
    from dueline.actions.pages import CUT_OFF
    from dueline.models import Page, PageAttempt

    arrived = Counter(call.json["message"].partition("ACK ")[2][:6] for call in receiver.calls)
    pages = Page.objects.count()
    assert len(arrived) == pages, f"{len(arrived)} of {pages} pages arrived"
    twice = sum(arrived.values()) - pages
    doubtful = PageAttempt.objects.filter(said=CUT_OFF).count()
    assert twice <= doubtful, f"{twice} came twice, and of {doubtful} it was not known"
    assert PageAttempt.objects.filter(outcome="sent").count() == pages
    assert not PageAttempt.objects.filter(outcome="begun").exists()


def _no_clock_is_wrong() -> None:
    done = subprocess.run([*DUELINE, "commitments", "check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main())
