"""A worker that dies at any step of sending a letter: it has left once, or it leaves afterwards."""

import pytest

from tests.intake.desk import ask, set_up

pytestmark = pytest.mark.processes

WRITE = """
from dueline.actions import drafts, sending
from dueline.core.inbound import File
from dueline.core.priorities import Priority
from dueline.actions import cases
from dueline.models import Agent, Contact
asta = Agent.objects.get(name="Asta Lind").as_person()
cleo = Contact.objects.get(name="Cleo Dahl")
at = now() - timedelta(minutes=5)
case = cases.open_case(
    contact=cleo, subject="Payment page down", text="Again.", priority=Priority.NORMAL,
    channel="web", happened_at=at, at=at, actor=cleo.as_person(),
)
drafts.keep(case.pk, text="We look.", actor=asta, at=at, files=[File("a", "text/plain", b"1")])
sending.send(case.pk, actor=asta, at=at, pause=timedelta(seconds=20))
"""
SEND = """
from dueline.actions import sending
while sending.send_next(at=now()): pass
"""
COUNT = """
from dueline.models import Attachment, Draft, Event, Message, OutboxItem
tell([
    Message.objects.filter(text="We look.").count(),
    Event.objects.filter(kind="reply_sent").count(),
    OutboxItem.objects.filter(purpose="reply").count(),
    Attachment.objects.filter(name="a").count(),
    Draft.objects.count(),
])
"""


@pytest.mark.parametrize(
    "step",
    [
        "draft.sent",
        *(
            pytest.param(step, marks=pytest.mark.long)
            for step in ("draft.claimed", "draft.before-commit")
        ),
    ],
)
def test_a_letter_leaves_once_whatever_step_its_worker_dies_at(desk_environment, step):
    set_up(desk_environment)
    ask(desk_environment, WRITE)

    ask({**desk_environment, "DUELINE_CRASH_POINT": step}, SEND, may_die=True)
    counts = ask(desk_environment, COUNT)
    assert counts == ([1, 1, 1, 1, 0] if step == "draft.sent" else [0, 0, 0, 0, 1])

    ask(desk_environment, SEND)
    assert ask(desk_environment, COUNT) == [1, 1, 1, 1, 0]
