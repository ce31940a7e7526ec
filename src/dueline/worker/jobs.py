"""The whole background life of the desk, on one page.

A job does one step and says whether there may be more. Each has a thread of its own, so that a
mail server that takes its time holds up no clock, and a mail that is slow to read delays no
answer. Two workers may run the same job: every step claims what it works on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dueline.actions import (
    announcements,
    clocks,
    fetched_mail,
    guides,
    nights,
    paging,
    sending,
    sheets,
    silence,
    upkeep,
)
from dueline.core.instants import now
from dueline.core.vigil import Part
from dueline.intake import read_inbox, recordings, scan_files, speech
from dueline.outlets.registry import OUTLETS
from dueline.worker.watch import watch_the_watcher

SOON = 0.4  # seconds: how long new work waits at most
A_WHILE = 30.0
NOW_AND_THEN = 3600.0


@dataclass(frozen=True, slots=True)
class Job:
    """every: seconds of rest when there is nothing to do. run: one step; True: maybe more."""

    name: str
    every: float
    run: Callable[[], bool]


def _read_inbox() -> bool:
    return read_inbox.read_next(at=now())


def _scan_files() -> bool:
    return scan_files.scan_next()


def _fetch_recordings() -> bool:
    return recordings.next_step(at=now())


def _turn_speech_into_text() -> bool:
    return speech.transcribe_next(at=now())


def _send_what_was_written() -> bool:
    return sending.send_next(at=now())


def _sweep_clocks() -> bool:
    return clocks.sweep(at=now()) > 0


def _tell_of_open_nights() -> bool:
    return nights.tell_of_open_nights(at=now())


def _page_people() -> bool:
    return paging.take_steps(at=now()) > 0


def _print_the_guide() -> bool:
    return guides.print_next(at=now())


def _make_the_sheet() -> bool:
    return sheets.make_tonights(at=now())


def _break_silence() -> bool:
    return silence.sweep(at=now()) > 0


def _tell_of_mailboxes() -> bool:
    return fetched_mail.tell_of_failures(at=now()) > 0


def _clean_up() -> bool:
    upkeep.clean_up(at=now())
    upkeep.refresh_statistics()
    return False


def _announce() -> bool:
    announcements.announce_ends(at=now())
    announcements.ask_for_confirmation(at=now())
    return False


# Whose sign of life a job is a part of: it is shown when all jobs of a part have gone round. Only
# jobs that never rest for long belong here; the others show theirs as the worker's.
PARTS: Mapping[str, Part] = {
    "read the inbox": Part.INTAKE,
    "sweep the clocks": Part.SWEEPER,
    "deliver mail": Part.OUTBOX,
    "page people": Part.PAGER,
    "deliver pages": Part.PAGER,
}
JOBS: tuple[Job, ...] = (
    Job("read the inbox", SOON, _read_inbox),
    Job("send what was written", SOON, _send_what_was_written),
    Job("sweep the clocks", 1.0, _sweep_clocks),
    Job("page people", SOON, _page_people),
    Job("remind customers who do not answer", 60.0, _break_silence),
    *(Job(f"deliver {name}", SOON, deliver_next) for name, deliver_next in OUTLETS.items()),
    Job("scan files", 5.0, _scan_files),
    Job("fetch recordings, and make them playable", 2.0, _fetch_recordings),
    Job("turn speech into text", 5.0, _turn_speech_into_text),
    Job("watch the watcher", 3.0, watch_the_watcher),
    Job("tell of mailboxes that fail", A_WHILE, _tell_of_mailboxes),
    Job("tell of nights with nobody on call", A_WHILE, _tell_of_open_nights),
    Job("print the guide", A_WHILE, _print_the_guide),
    Job("make the emergency sheet", A_WHILE, _make_the_sheet),
    Job("announce ends, and ask who is still there", NOW_AND_THEN, _announce),
    Job("clean up", NOW_AND_THEN, _clean_up),
)
