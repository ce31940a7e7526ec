"""Undo, and send later: each text leaves exactly once or not at all, and never costs a promise."""

from datetime import timedelta

import pytest

from dueline.actions import case_contacts, cases, contacts, drafts, merging, messages, sending
from dueline.actions.sending import DUE_FIRST
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.inbound import File
from dueline.models import Account, Case, Contact, Draft, Event, Message, OutboxItem, store
from dueline.queries.commitments import differences
from tests.actions.test_change import at_once
from tests.world import MONDAY, World, build_world

SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
PAUSE = 20 * SECOND


def write(world: World, case: Case, text: str = "We look at it.", *, at=MONDAY, **more) -> Case:
    drafts.keep(case.pk, text=text, actor=world.asta, at=at, **more)
    return case


def send(world: World, case: Case, *, at=MONDAY, pause=PAUSE, **more):
    return sending.send(case.pk, actor=world.asta, at=at, pause=pause, **more)


def send_later(world: World, case: Case, *, sends_at, at=MONDAY, unless=True, **more) -> None:
    sending.send_later(
        case.pk,
        sends_at=sends_at,
        unless_customer_writes=unless,
        actor=world.asta,
        at=at,
        **more,
    )


def customer_writes(world: World, case: Case, *, at) -> None:
    messages.receive(
        case.pk,
        text="One more thing.",
        contact=world.contact(world.cleo),
        actor=world.cleo,
        channel="web",
        happened_at=at,
        at=at,
    )


def said(case: Case) -> list[str]:
    texts = Message.objects.filter(case=case, agent__isnull=False).order_by("id")
    return list(texts.values_list("text", flat=True))


def refused(act, *arguments, **named) -> str:
    with pytest.raises(Refusal) as refusal:
        act(*arguments, **named)
    return refusal.value.code


# ---- what stands against sending ----


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_nothing_is_sent_of_nothing(world: World, text: str | None) -> None:
    case = world.case()
    if text is not None:
        write(world, case, text, cc=["dag@northwind.example"])
    assert refused(send, world, case) == "text-missing"


def test_who_has_not_seen_what_happened_is_told_before_the_pause(world: World) -> None:
    case = write(world, world.case())
    seen = Case.objects.get(pk=case.pk).version
    messages.add_note(case.pk, text="Their proxy.", actor=world.bo, at=MONDAY)
    assert refused(send, world, case, version=seen) == "stale"
    assert send(world, case, version=seen + 1) == MONDAY + PAUSE


def test_what_the_state_of_the_case_forbids_is_said_at_once(world: World) -> None:
    case = write(world, world.case(), act="ask")
    messages.ask_customer(case.pk, text="Which version?", actor=world.bo, at=MONDAY)
    assert refused(send, world, case) == "not-now"
    assert Draft.objects.get().sends_at is None


def test_a_text_is_sent_once_however_often_the_button_is_pressed(world: World) -> None:
    case = write(world, world.case())
    send(world, case)
    assert refused(send, world, case) == "waiting"
    assert refused(send, world, case, pause=0 * SECOND) == "waiting"


# ---- the pause ----


def test_without_a_pause_it_has_happened_when_the_click_is_answered(world: World) -> None:
    case = write(world, world.case())
    assert send(world, case, pause=timedelta()) is None
    assert said(case) == ["We look at it."]
    assert not Draft.objects.exists()


def test_within_the_pause_nothing_has_happened_and_then_it_counts_from_there(
    world: World,
) -> None:
    case = write(world, world.case())
    before = Case.objects.filter(pk=case.pk).values().get()

    assert send(world, case) == MONDAY + PAUSE
    assert not sending.send_next(at=MONDAY + PAUSE - SECOND)
    assert said(case) == []
    assert Case.objects.filter(pk=case.pk).values().get() == before

    assert sending.send_next(at=MONDAY + PAUSE)
    assert not sending.send_next(at=MONDAY + PAUSE)
    response = case.commitments.get(kind="response")
    assert (response.state, response.met_at) == ("met", MONDAY + PAUSE)
    assert OutboxItem.objects.filter(case=case, purpose="reply").count() == 1
    assert differences(case.pk) == []


def test_undo_gives_the_text_back_and_nothing_is_sent(world: World) -> None:
    case = write(world, world.case())
    send(world, case)
    assert refused(sending.take_back, case.pk, actor=world.bo, at=MONDAY) == "too-late"

    sending.take_back(case.pk, actor=world.asta, at=MONDAY + 19 * SECOND)

    assert not sending.send_next(at=MONDAY + DAY)
    assert Draft.objects.get().text == "We look at it."
    assert said(case) == []


def test_undo_comes_too_late_for_what_has_been_sent(world: World) -> None:
    case = write(world, world.case())
    send(world, case)
    sending.send_next(at=MONDAY + PAUSE)
    assert refused(sending.take_back, case.pk, actor=world.asta, at=MONDAY + PAUSE) == "too-late"


def test_the_pause_never_costs_a_promise(world: World) -> None:
    due = world.case(priority="critical").commitments.get(kind="response").due_at
    for before, leaves in ((30, PAUSE), (12, 7 * SECOND), (5, None), (0, None)):
        case = write(world, world.case(priority="critical"))
        at = due - before * SECOND
        until = send(world, case, at=at)
        assert until == (at + leaves if leaves else None)
        if until:
            sending.send_next(at=until)
        assert case.commitments.get(kind="response").state == "met"


def test_a_customer_who_writes_within_the_pause_does_not_stop_it(world: World) -> None:
    case = write(world, world.case())
    send(world, case)
    customer_writes(world, case, at=MONDAY + 5 * SECOND)
    sending.send_next(at=MONDAY + PAUSE)
    assert said(case) == ["We look at it."]


def test_each_act_is_done_with_all_that_was_given_to_it(world: World) -> None:
    asked = write(world, world.case(), "Which version?", act="ask", cc=["dag@northwind.example"])
    solved = write(world, world.case(), "It works.", act="resolve", minutes=25)
    with_file = write(world, world.case(), files=[File("log.txt", "text/plain", b"boom")])
    for case in (asked, solved, with_file):
        send(world, case)
    while sending.send_next(at=MONDAY + PAUSE):
        pass

    states = [Case.objects.get(pk=case.pk).state for case in (asked, solved, with_file)]
    assert states == ["waiting", "resolved", "responded"]
    assert Message.objects.get(text="Which version?").cc == ["dag@northwind.example"]
    assert Event.objects.get(case=solved, kind=Kind.RESOLVED).facts == {"minutes": 25}
    (file,) = Message.objects.get(case=with_file, agent__isnull=False).attachments.all()
    assert (file.name, store.read(file.sha256)) == ("log.txt", b"boom")


def test_what_is_written_is_kept_as_typed_and_as_it_is_shown(world: World) -> None:
    case = write(world, world.case(), "It *works*. <script>alert(1)</script>")
    send(world, case, pause=timedelta())
    message = Message.objects.get(case=case, agent__isnull=False)
    assert message.text == "It *works*. <script>alert(1)</script>"
    assert "<em>works</em>" in message.html
    assert "<script" not in message.html


# ---- refused when its time had come ----


def stopped(world: World, case: Case) -> str:
    """Let the pause end, and return why nothing was sent."""
    assert sending.send_next(at=MONDAY + PAUSE)
    draft = Draft.objects.get(case=case)
    assert draft.sends_at is None
    assert draft.text == "We look at it."
    assert said(case) == []
    (notice,) = OutboxItem.objects.filter(to_address="asta@desk.example", purpose="notice")
    assert draft.stopped_because in notice.text
    assert f"/console/cases/{case.number}" in notice.text
    assert not sending.send_next(at=MONDAY + DAY)
    return draft.stopped_because


def test_a_case_that_was_closed_meanwhile_keeps_the_text_and_says_why(world: World) -> None:
    case = write(world, world.case())
    send(world, case)
    cases.close(case.pk, actor=world.cleo, at=MONDAY + SECOND)
    assert "no longer open" in stopped(world, case)


def test_a_case_that_was_merged_meanwhile_keeps_the_text_and_says_why(world: World) -> None:
    case, other = write(world, world.case()), world.case()
    send(world, case)
    merging.merge(case.pk, into=other.pk, actor=world.bo, at=MONDAY + SECOND)
    assert "goes on in another one" in stopped(world, case)


def test_a_contact_who_left_meanwhile_gets_no_letter_through_others(world: World) -> None:
    case = write(world, world.case(world.dag))
    send(world, case)
    Contact.objects.filter(pk=world.dag.id).update(left_at=MONDAY + SECOND)
    assert "Dag Ek has left their company" in stopped(world, case)


def test_what_was_written_to_one_contact_does_not_go_to_another(world: World) -> None:
    case = write(world, world.case())
    send(world, case)
    case_contacts.change_contact(
        case.pk, email="dag@northwind.example", name="", actor=world.bo, at=MONDAY + SECOND
    )
    assert "The contact of the case is Dag Ek now." in stopped(world, case)


def test_a_file_that_is_gone_stops_the_letter(world: World) -> None:
    case = write(world, world.case(), files=[File("log.txt", "text/plain", b"gone soon")])
    send(world, case)
    sha256 = Draft.objects.get().files.get().sha256
    store.remove(sha256, untouched_since=MONDAY.replace(year=2999))
    assert "attach it once more" in stopped(world, case)


def test_who_works_here_no_more_sends_nothing_and_is_not_written_to(world: World) -> None:
    case = write(world, world.case())
    send(world, case)
    Account.objects.filter(agent__id=world.asta.id).update(is_active=False)
    assert sending.send_next(at=MONDAY + PAUSE)
    assert said(case) == []
    assert not OutboxItem.objects.filter(to_address="asta@desk.example").exists()


def test_the_reason_goes_when_its_writer_goes_on(world: World) -> None:
    case = write(world, world.case())
    send(world, case)
    cases.close(case.pk, actor=world.cleo, at=MONDAY + SECOND)
    stopped(world, case)
    write(world, case, "We look at it again.")
    assert Draft.objects.get().stopped_because == ""


def test_one_letter_that_cannot_be_sent_for_a_fault_of_ours_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = write(world, world.case(), "bad"), write(world, world.case(), "good")
    send(world, bad)
    send(world, good, at=MONDAY + SECOND)
    reply = messages.reply

    def stumble(case_id: int, **said: object) -> Message:
        if said["text"] == "bad":
            raise ZeroDivisionError
        return reply(case_id, **said)  # type: ignore[arg-type]

    monkeypatch.setattr(messages, "reply", stumble)
    later = MONDAY + MINUTE
    with pytest.raises(ZeroDivisionError):
        sending.send_next(at=later)
    assert sending.send_next(at=later)
    assert (said(bad), said(good)) == ([], ["good"])
    assert Draft.objects.get().text == "bad"


# ---- later ----


@pytest.mark.parametrize("away", [-HOUR, timedelta(), 61 * DAY])
def test_later_is_a_time_to_come_and_not_for_ever(world: World, away: timedelta) -> None:
    case = write(world, world.case())
    assert refused(send_later, world, case, sends_at=MONDAY + away) == "bad-time"


def test_a_promise_that_falls_due_before_is_said_before(world: World) -> None:
    case = write(world, world.case(priority="critical"))
    tomorrow = MONDAY + 22 * HOUR
    with pytest.raises(Refusal) as refusal:
        send_later(world, case, sends_at=tomorrow)
    assert refusal.value.code == DUE_FIRST
    assert refusal.value.text == "Response is due 11:00 today, before this would be sent."
    assert Draft.objects.get().sends_at is None

    send_later(world, case, sends_at=tomorrow, agreed=[DUE_FIRST])
    assert Draft.objects.get().sends_at == tomorrow


def test_what_is_sent_later_counts_from_then(world: World) -> None:
    case = write(world, world.case())
    send_later(world, case, sends_at=MONDAY + HOUR)
    assert not sending.send_next(at=MONDAY + HOUR - SECOND)
    sending.send_next(at=MONDAY + HOUR)
    assert case.commitments.get(kind="response").met_at == MONDAY + HOUR


def test_a_customer_who_writes_first_holds_the_letter_back(world: World) -> None:
    case = write(world, world.case())
    send_later(world, case, sends_at=MONDAY + HOUR)

    customer_writes(world, case, at=MONDAY + MINUTE)

    draft = Draft.objects.get()
    assert (draft.sends_at, draft.stopped_because) == (None, "Cleo Dahl wrote first.")
    assert OutboxItem.objects.filter(to_address="asta@desk.example", purpose="notice").exists()
    assert not sending.send_next(at=MONDAY + DAY)


def test_a_letter_that_goes_in_any_case_goes(world: World) -> None:
    case = write(world, world.case())
    send_later(world, case, sends_at=MONDAY + HOUR, unless=False)
    customer_writes(world, case, at=MONDAY + MINUTE)
    assert sending.send_next(at=MONDAY + HOUR)
    assert said(case) == ["We look at it."]


def test_another_case_of_the_same_customer_holds_nothing_back(world: World) -> None:
    case, other = write(world, world.case()), world.case()
    send_later(world, case, sends_at=MONDAY + HOUR)
    customer_writes(world, other, at=MONDAY + MINUTE)
    assert Draft.objects.get().sends_at == MONDAY + HOUR


# ---- copies ----


def test_our_own_address_is_no_copy(world: World) -> None:
    case = write(world, world.case(), cc=["support@desk.example"])
    assert refused(send, world, case, agreed=["support@desk.example"]) == "own-address"


@pytest.mark.parametrize(
    "address", ["ola@elsewhere.example", "eve@southgate.example", "new@southgate.example"]
)
def test_i61_nobody_from_outside_reads_along_before_the_writer_says_so(
    world: World, address: str
) -> None:
    case = write(world, world.case(), cc=[address])
    assert refused(send, world, case) == "outsiders"
    assert refused(send, world, case, agreed=["ola@other.example"]) == "outsiders"
    assert refused(send_later, world, case, sends_at=MONDAY + HOUR) == "outsiders"
    assert send(world, case, agreed=[address]) == MONDAY + PAUSE


@pytest.mark.parametrize(
    "address", ["dag@northwind.example", "new@northwind.example", "bo@desk.example"]
)
def test_the_customers_own_people_and_colleagues_need_no_word(world: World, address: str) -> None:
    case = write(world, world.case(), cc=[address])
    assert send(world, case) == MONDAY + PAUSE


def test_who_was_agreed_to_before_needs_no_second_word_in_this_case_alone(world: World) -> None:
    case, other = world.case(), world.case()
    address = "ola@elsewhere.example"
    for _ in range(2):
        write(world, case, cc=[address])
        send(world, case, pause=timedelta(), agreed=[address] if not said(case) else [])
    write(world, other, cc=[address])
    assert refused(send, world, other) == "outsiders"


def test_i30_whom_a_customer_copied_is_no_part_of_the_case(world: World) -> None:
    case = world.case()
    Message.objects.filter(case=case).update(cc=["ola@elsewhere.example"])
    write(world, case, cc=["ola@elsewhere.example"])
    assert refused(send, world, case) == "outsiders"


def test_who_has_left_the_company_is_from_outside(world: World) -> None:
    contacts_left = Contact.objects.filter(pk=world.dag.id)
    contacts_left.update(left_at=MONDAY - DAY)
    case = write(world, world.case(), cc=["dag@northwind.example"])
    assert refused(send, world, case) == "outsiders"


def test_of_an_unknown_customer_the_domain_alone_tells_who_belongs_to_them(world: World) -> None:
    stranger = contacts.find_or_create(
        name="Ola Nord", email="ola@elsewhere.example", phone="", at=MONDAY
    ).as_person()
    case = world.case(stranger, acknowledge=False)
    write(world, case, cc=["per@elsewhere.example"])
    assert send(world, case) == MONDAY + PAUSE
    sending.take_back(case.pk, actor=world.asta, at=MONDAY)
    write(world, case, cc=["per@gmail.com"])
    assert refused(send, world, case) == "outsiders"


# ---- two at once: exactly one of both ----


@pytest.fixture
def shared(transactional_db: None) -> World:
    """Threads see only what is committed."""
    return build_world()


def test_two_workers_send_each_letter_once(shared: World) -> None:
    written = [write(shared, shared.case(), f"Letter {n}") for n in range(12)]
    for case in written:
        send(shared, case)

    def work() -> None:
        while sending.send_next(at=MONDAY + PAUSE):
            pass

    at_once(work, work, work)
    assert [said(case) for case in written] == [[f"Letter {n}"] for n in range(12)]
    assert OutboxItem.objects.filter(purpose="reply").count() == 12
    assert not Draft.objects.exists()


@pytest.mark.parametrize("n", range(6))
def test_undo_and_the_worker_at_once_exactly_one_of_both(shared: World, n: int) -> None:
    case = write(shared, shared.case())
    send(shared, case)
    at = MONDAY + PAUSE
    undone, _ = at_once(
        lambda: sending.take_back(case.pk, actor=shared.asta, at=at),
        lambda: sending.send_next(at=at),
    )
    was_sent = isinstance(undone, Refusal)
    assert said(case) == (["We look at it."] if was_sent else [])
    assert Draft.objects.count() == (0 if was_sent else 1)


@pytest.mark.parametrize("n", range(6))
def test_the_customer_and_the_worker_at_once_exactly_one_of_both(shared: World, n: int) -> None:
    case = write(shared, shared.case())
    send_later(shared, case, sends_at=MONDAY + HOUR)
    at = MONDAY + HOUR

    at_once(
        lambda: customer_writes(shared, case, at=at),
        lambda: sending.send_next(at=at),
    )

    kinds = list(Event.objects.filter(case=case).order_by("id").values_list("kind", flat=True))
    assert kinds.count("message_received") == 1
    if Draft.objects.exists():
        assert Draft.objects.get().stopped_because == "Cleo Dahl wrote first."
        assert said(case) == []
    else:
        assert said(case) == ["We look at it."]
        assert kinds.index("reply_sent") < kinds.index("message_received")


@pytest.mark.parametrize("n", range(6))
def test_scheduling_and_the_customer_at_once_the_writer_is_told_or_held_back(
    shared: World, n: int
) -> None:
    case = write(shared, shared.case())
    seen = Case.objects.get(pk=case.pk).version
    scheduled, _ = at_once(
        lambda: send_later(shared, case, sends_at=MONDAY + HOUR, version=seen),
        lambda: customer_writes(shared, case, at=MONDAY),
    )
    draft = Draft.objects.get()
    assert draft.sends_at is None
    if isinstance(scheduled, Refusal):
        assert scheduled.code == "stale"
    else:
        assert draft.stopped_because == "Cleo Dahl wrote first."
