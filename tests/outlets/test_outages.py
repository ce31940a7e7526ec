"""F13 over hours: a server that is away, and one that is out of its mind."""

from collections import Counter
from random import Random

import pytest

from dueline.models import OutboxItem
from dueline.outlets.mail_delivery import deliver_next


@pytest.fixture
def cases(desk):
    return [desk.case(subject=f"Case {n}", acknowledge=False) for n in range(3)]


def deliver_all() -> None:
    for _ in range(200):
        if not deliver_next():
            return
    raise AssertionError("it never ends")


def test_f13_eight_hours_without_a_server_lose_and_double_nothing(cases, write, sink, clock):
    sink.stop()
    written = []
    for half_hour in range(16):
        case = cases[half_hour % 3]
        written.append(write(case, f"mail {half_hour}", at=clock.at).mail_id)
        deliver_all()
        clock.pass_(minutes=30)
    assert OutboxItem.objects.filter(state="waiting").count() == 16

    sink.start()
    clock.pass_(seconds=60)
    deliver_all()

    assert sorted(taken.mail_id for taken in sink.taken) == sorted(written)
    for case in cases:
        in_order = OutboxItem.objects.filter(case=case).order_by("id")
        ids = list(in_order.values_list("mail_id", flat=True))
        assert [taken.mail_id for taken in sink.taken if taken.mail_id in ids] == ids


@pytest.mark.parametrize("seed", range(5))
def test_f13_whatever_a_server_does_mails_leave_in_turn_and_twice_only_if_it_hid_its_answer(
    cases, write, sink, clock, seed
):
    """It misbehaves for a while at random, and then no more."""
    random = Random(seed)
    mails = [write(case, f"mail {n}") for n in range(4) for case in cases]
    hidden = 0
    for _ in range(8):
        step = random.choice(["MAIL", "RCPT", "DATA", "BODY"])
        answer = random.choice(["cut", "421 4.3.2 closing", "451 4.3.0 later", ""])
        if step == "DATA":
            answer = random.choice([answer, "lost"])
        # Whether these mails arrived, nobody can know who sent them.
        hidden += (step, answer) in (("DATA", "lost"), ("DATA", "cut")) or step == "BODY"
        sink.answers.setdefault(step, []).append(answer)
    for _ in range(60):
        deliver_all()
        clock.pass_(minutes=5)

    times = Counter(taken.mail_id for taken in sink.taken)
    doubtful = set(OutboxItem.objects.filter(state="doubtful").values_list("mail_id", flat=True))
    assert {item.mail_id for item in mails} - doubtful <= set(times)
    assert sum(count - 1 for count in times.values()) <= hidden
    assert max(times.values()) <= 2
    # Nothing is left over: it was sent, or a person was asked.
    assert set(OutboxItem.objects.values_list("state", flat=True)) <= {"sent", "doubtful"}
    for case in cases:
        written = [item.mail_id for item in mails if item.case_id == case.pk]
        seen = dict.fromkeys(taken.mail_id for taken in sink.taken if taken.mail_id in written)
        assert list(seen) == [mail_id for mail_id in written if mail_id in seen]
