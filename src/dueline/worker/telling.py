"""Telling people without the rest of the desk: by whoever watches, on their own telephones.

In a thread, because services take their time, and the watch must not wait for them.
"""

import logging
import queue
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dueline.core.errors import GiveUp, TryLater
from dueline.core.instants import now
from dueline.models import Desk, PageDestination
from dueline.outlets.mail import Letter, send
from dueline.outlets.mail_delivery import server_of, signature_of
from dueline.outlets.paging import send_to
from dueline.queries.alarms import Known, Reach, Way
from dueline.wording.alarms import Told

_log = logging.getLogger("dueline.watch")


@dataclass(frozen=True, slots=True)
class Errand:
    """One message that has to reach people. parts: what it is about. step: the first to try."""

    parts: tuple[str, ...]
    known: Known
    told: Told
    step: int = 0
    people: tuple[Reach, ...] = ()  # these, and nobody else


@dataclass(frozen=True, slots=True)
class Outcome:
    """reached: nobody, if no service took it. step: the last that was tried. said: in words."""

    errand: Errand
    reached: tuple[Reach, ...]
    step: int
    said: str


class Messenger:
    """Runs one errand after another."""

    def __init__(self) -> None:
        self._errands: queue.SimpleQueue[Errand] = queue.SimpleQueue()
        self._outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def go(self, errand: Errand) -> None:
        self._errands.put(errand)
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="messenger", daemon=True)
            self._thread.start()

    def back(self) -> list[Outcome]:
        """Return what has become of errands since the last time."""
        outcomes = []
        while not self._outcomes.empty():
            outcomes.append(self._outcomes.get())
        return outcomes

    def _run(self) -> None:
        while True:
            errand = self._errands.get()
            try:
                outcome = run(errand)
            except Exception:
                _log.exception("People could not be told that a part of the desk stands still.")
                outcome = Outcome(errand, (), errand.step, "It failed; the log says why.")
            self._outcomes.put(outcome)


def run(errand: Errand) -> Outcome:
    """Tell the people of one step; where none of them can be reached, of the next one."""
    if errand.people:
        reached, said = _tell(errand.people, errand)
        return Outcome(errand, reached, errand.step, said)
    all_said = []
    for number, step in enumerate(errand.known.steps[errand.step :], start=errand.step):
        reached, said = _tell(step.people, errand)
        all_said.append(said)
        if reached:
            return Outcome(errand, reached, number, "\n".join(all_said))
    return Outcome(errand, (), len(errand.known.steps) - 1, "\n".join(filter(None, all_said)))


def _tell(people: Sequence[Reach], errand: Errand) -> tuple[tuple[Reach, ...], str]:
    reached, lines = [], []
    for person in people:
        ok, said = _reach(person, errand)
        reached += [person] if ok else []
        lines += said
    return tuple(reached), "\n".join(lines)


def _reach(person: Reach, errand: Errand) -> tuple[bool, list[str]]:
    """Try one way after another. Return whether one was taken, and what each said."""
    said = []
    for way in person.ways:
        try:
            problem = _WAYS[way.kind](way, person, errand)
        except Exception as error:  # a way that breaks must not keep the next from being tried
            _log.exception("“%s” of %s failed.", way.label, person.name)
            problem = type(error).__name__
        said.append(f"{person.name}, {way.label}: {problem or 'taken'}")
        if not problem:
            return True, said
    return False, said


def _by_service(way: Way, _person: Reach, errand: Errand) -> str:
    told = send_to(way.address, title=errand.told.title, body=errand.told.body)
    return "" if told.ok else told.said


def _by_mail(way: Way, person: Reach, errand: Errand) -> str:
    desk = errand.known.desk
    if not desk.smtp_host:
        return "no mail server is set up"
    try:
        send(
            _letter(desk, to_name=person.name, to_address=way.address, told=errand.told),
            server_of(desk),
            still_ours=_always,
            begin=_always,
            signature=signature_of(desk),
        )
    except (TryLater, GiveUp) as error:
        return str(error)
    return ""


def _letter(desk: Desk, *, to_name: str, to_address: str, told: Told) -> Letter:
    domain = desk.mail_address.rpartition("@")[2]
    return Letter(
        from_name=desk.name,
        from_address=desk.mail_address,
        to_name=to_name,
        to_address=to_address,
        subject=told.title,
        text=told.body + "\n",
        mail_id=f"<{secrets.token_hex(12)}@{domain}>",
        written_at=now(),
        auto_submitted="auto-generated",
    )


def _always() -> bool:
    return True


_WAYS: dict[str, Callable[[Way, Reach, Errand], str]] = {
    PageDestination.Kind.APPRISE: _by_service,
    PageDestination.Kind.MAIL: _by_mail,
}
