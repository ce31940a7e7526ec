from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from dueline.actions.outbox import queue_mail
from dueline.models import Case, OutboxItem
from dueline.outlets import mail_delivery
from dueline.wording.mails import MailText
from tests.outlets.sink import Sink
from tests.world import MONDAY, World


class Clock:
    """The time that the delivery sees."""

    def __init__(self) -> None:
        self.at: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(mail_delivery, "now", clock)
    return clock


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture
def desk(world: World, sink: Sink) -> World:
    """The cast, with a mail server that is the sink."""
    world.desk.smtp_host, world.desk.smtp_port = "127.0.0.1", sink.port
    world.desk.smtp_security = "none"
    world.desk.save()
    return world


@pytest.fixture
def write(world: World):
    """A function that queues a reply to Cleo in a case."""

    def write(
        case: Case, text: str = "We found it.", *, at: datetime = MONDAY, html: str = "", **changes
    ) -> OutboxItem:
        values = {
            "purpose": "reply",
            "to_name": "Cleo Dahl",
            "to_address": "cleo@northwind.example",
            "mail": MailText(subject=f"[{case.number}] {case.subject}", text=text, html=html),
            "at": at,
            "case_id": case.pk,
            "contact_id": world.cleo.id,
        }
        return queue_mail(**{**values, **changes})

    return write
