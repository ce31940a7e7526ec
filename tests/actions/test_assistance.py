"""Questions to Tier Two: asked and answered inside, while Tier One keeps the case."""

from datetime import timedelta
from typing import Any

import pytest

from dueline.actions import assistance, cases, clocks, messages
from dueline.core.audience import DESK, Person
from dueline.core.errors import Refusal
from dueline.core.inbound import File
from dueline.models import Attachment, OutboxItem, Question
from dueline.queries.attachments import get_file
from dueline.wording.history import say_event
from tests.world import MONDAY, World

MINUTE = timedelta(minutes=1)


def test_a_customer_can_neither_ask_nor_answer_nor_take_back(world: World) -> None:
    case = world.case()
    question = assistance.ask(case.pk, text="Why?", actor=world.asta, at=MONDAY)
    for act in (
        lambda: assistance.ask(case.pk, text="Why?", actor=world.cleo, at=MONDAY),
        lambda: assistance.answer(question.pk, text="So.", actor=world.cleo, at=MONDAY),
        lambda: assistance.take_back(question.pk, actor=world.cleo, at=MONDAY),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "not-found"
    assert Question.objects.get().answered_at is None


@pytest.mark.parametrize("within", ["1 day", "soon", "-1 h"])
def test_an_answer_time_that_can_be_read_in_two_ways_is_refused(world: World, within: str) -> None:
    case = world.case()
    with pytest.raises(Refusal) as refused:
        assistance.ask(case.pk, text="Why?", within=within, actor=world.asta, at=MONDAY)
    assert refused.value.code == "bad-target"
    assert not Question.objects.exists()


def test_an_answered_question_is_not_answered_again(world: World) -> None:
    question = assistance.ask(world.case().pk, text="Why?", actor=world.asta, at=MONDAY)
    assistance.answer(question.pk, text="So.", actor=world.tove, at=MONDAY)
    with pytest.raises(Refusal) as refused:
        assistance.take_back(question.pk, actor=world.asta, at=MONDAY)
    assert refused.value.code == "stale"


def test_the_owner_stays_the_owner_and_the_customer_hears_nothing(world: World) -> None:
    case = world.case()
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    mails = OutboxItem.objects.filter(to_address=world.cleo.email).count()
    question = assistance.ask(case.pk, text="Why?", actor=world.asta, at=MONDAY)
    assistance.answer(question.pk, text="So.", actor=world.tove, at=MONDAY + MINUTE)
    case.refresh_from_db()
    assert case.owner_id == world.asta.id
    assert OutboxItem.objects.filter(to_address=world.cleo.email).count() == mails


def test_the_policy_says_how_soon_unless_the_engineer_does(world: World) -> None:
    case = world.case(priority="critical")
    assistance.ask(case.pk, text="Why?", actor=world.asta, at=MONDAY)
    assistance.ask(case.pk, text="How?", within="30 min", actor=world.asta, at=MONDAY)
    due = dict(case.commitments.filter(kind="assistance").values_list("ordinal", "due_at"))
    assert due == {1: MONDAY + 60 * MINUTE, 2: MONDAY + 30 * MINUTE}


def test_a_late_answer_stays_a_miss(world: World) -> None:
    case = world.case(priority="critical")
    question = assistance.ask(case.pk, text="Why?", actor=world.asta, at=MONDAY)
    assistance.answer(question.pk, text="So.", actor=world.tove, at=MONDAY + 61 * MINUTE)
    missed = case.commitments.get(kind="assistance")
    assert (missed.state, missed.met_at) == ("missed", MONDAY + 61 * MINUTE)


# --- taking -------------------------------------------------------------------------------------


def entries_of(question: Question) -> list[tuple[str, str]]:
    return list(question.entries.values_list("kind", "text"))


def asked(world: World, **more: Any) -> Question:
    """A question of Asta's, who owns the case."""
    case = world.case(acknowledge=False)
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    return assistance.ask(case.pk, text="Why?", actor=world.asta, at=MONDAY, **more)


def notices(person: Person) -> list[OutboxItem]:
    return list(OutboxItem.objects.filter(to_address=person.email, purpose="notice").order_by("id"))


def test_no_act_of_a_customer_finds_a_question(world: World) -> None:
    question = asked(world)
    for act in (
        lambda: assistance.take(question.pk, actor=world.cleo, at=MONDAY),
        lambda: assistance.release(question.pk, actor=world.cleo, at=MONDAY),
        lambda: assistance.ask_back(question.pk, text="When?", actor=world.cleo, at=MONDAY),
        lambda: assistance.add(question.pk, text="Now.", actor=world.cleo, at=MONDAY),
        lambda: assistance.tick(question.pk, place=0, is_done=True, actor=world.cleo, at=MONDAY),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "not-found"
    question.refresh_from_db()
    assert question.taken_by is None
    assert entries_of(question) == []


def test_of_two_who_take_a_question_one_has_it_and_the_other_is_told_who(world: World) -> None:
    question = asked(world)
    assistance.take(question.pk, actor=world.tove, at=MONDAY)
    with pytest.raises(Refusal) as refused:
        assistance.take(question.pk, actor=world.bo, at=MONDAY)
    assert refused.value.code == "stale"
    assert "Tove Berg" in refused.value.text
    question.refresh_from_db()
    assert question.taken_by_id == world.tove.id


def test_taking_over_from_a_colleague_is_said_in_the_history_and_to_them(world: World) -> None:
    question = asked(world)
    assistance.take(question.pk, actor=world.tove, at=MONDAY)
    assistance.take(question.pk, held_by=world.tove.id, actor=world.bo, at=MONDAY)
    taken = question.case.events.filter(kind="assistance_taken").latest("id")
    assert say_event(taken.kind, who="Bo Ström", number="", facts=taken.facts) == (
        "Bo Ström took the question to Tier Two over from Tove Berg."
    )
    assert "taken over" in notices(world.tove)[-1].subject


def test_what_was_given_back_meanwhile_is_not_taken_over(world: World) -> None:
    question = asked(world)
    assistance.take(question.pk, actor=world.tove, at=MONDAY)
    assistance.release(question.pk, actor=world.tove, at=MONDAY)
    with pytest.raises(Refusal) as refused:
        assistance.take(question.pk, held_by=world.tove.id, actor=world.bo, at=MONDAY)
    assert refused.value.code == "stale"
    assistance.take(question.pk, actor=world.bo, at=MONDAY)
    question.refresh_from_db()
    assert question.taken_by_id == world.bo.id


def test_only_who_has_a_question_gives_it_out_of_their_hands(world: World) -> None:
    question = asked(world)
    assistance.take(question.pk, actor=world.tove, at=MONDAY)
    with pytest.raises(Refusal):
        assistance.release(question.pk, actor=world.bo, at=MONDAY)


# --- the conversation ---------------------------------------------------------------------------


def test_asking_back_shows_that_tier_two_waits_and_stops_no_clock(world: World) -> None:
    question = asked(world, within="2 h")
    due_at = question.case.commitments.get(kind="assistance").due_at
    assistance.ask_back(question.pk, text="Which?", actor=world.tove, at=MONDAY + 10 * MINUTE)
    question.refresh_from_db()
    assert question.asked_back_at == MONDAY + 10 * MINUTE
    assert question.taken_by_id == world.tove.id
    running = question.case.commitments.get(kind="assistance")
    assert (running.state, running.due_at) == ("running", due_at)

    assistance.add(question.pk, text="That.", actor=world.asta, at=MONDAY + 20 * MINUTE)
    question.refresh_from_db()
    assert question.asked_back_at is None
    assert entries_of(question) == [("asked_back", "Which?"), ("added", "That.")]


def test_a_question_that_waits_for_tier_one_can_be_missed(world: World) -> None:
    question = asked(world, within="30 min")
    assistance.ask_back(question.pk, text="Which?", actor=world.tove, at=MONDAY + MINUTE)
    assistance.answer(question.pk, text="So.", actor=world.tove, at=MONDAY + 31 * MINUTE)
    assert question.case.commitments.get(kind="assistance").state == "missed"


def test_nothing_is_said_about_a_question_that_is_over(world: World) -> None:
    question = asked(world)
    assistance.take_back(question.pk, actor=world.asta, at=MONDAY)
    for act in (
        lambda: assistance.take(question.pk, actor=world.tove, at=MONDAY),
        lambda: assistance.ask_back(question.pk, text="Which?", actor=world.tove, at=MONDAY),
        lambda: assistance.add(question.pk, text="That.", actor=world.asta, at=MONDAY),
        lambda: assistance.answer(question.pk, text="So.", actor=world.tove, at=MONDAY),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "stale"
    assert entries_of(question) == []


def test_several_questions_of_one_case_have_each_their_own_clock(world: World) -> None:
    first = asked(world, within="1 h")
    second = assistance.ask(
        first.case_id, text="How?", within="2 h", actor=world.asta, at=MONDAY + MINUTE
    )
    assistance.answer(second.pk, text="Thus.", actor=world.tove, at=MONDAY + 2 * MINUTE)
    states = dict(first.case.commitments.filter(kind="assistance").values_list("ordinal", "state"))
    assert states == {1: "running", 2: "met"}


def test_whatever_tier_two_does_the_case_keeps_its_owner(world: World) -> None:
    question = asked(world)
    assistance.take(question.pk, actor=world.tove, at=MONDAY)
    assistance.ask_back(question.pk, text="Which?", actor=world.tove, at=MONDAY)
    assistance.add(question.pk, text="That.", actor=world.asta, at=MONDAY)
    assistance.answer(question.pk, text="So.", checklist=["Restart"], actor=world.tove, at=MONDAY)
    question.case.refresh_from_db()
    assert question.case.owner_id == world.asta.id


# --- what is left to do -------------------------------------------------------------------------


def test_an_answer_leaves_a_list_that_tier_one_ticks_off(world: World) -> None:
    question = asked(world)
    assistance.answer(
        question.pk,
        text="It is the cache.",
        checklist=["Clear the cache", "", "  Tell Cleo  "],
        actor=world.tove,
        at=MONDAY,
    )
    assistance.tick(question.pk, place=1, is_done=True, actor=world.asta, at=MONDAY + MINUTE)
    question.refresh_from_db()
    first, second = question.checklist
    assert first == {"text": "Clear the cache", "done": False}
    assert (second["text"], second["done"], second["by"]) == ("Tell Cleo", True, "Asta Lind")

    assistance.tick(question.pk, place=1, is_done=False, actor=world.bo, at=MONDAY + MINUTE)
    question.refresh_from_db()
    assert question.checklist[1] == {"text": "Tell Cleo", "done": False}


@pytest.mark.parametrize("place", [-1, 1])
def test_what_was_not_left_to_do_cannot_be_done(world: World, place: int) -> None:
    question = asked(world)
    assistance.answer(question.pk, text="So.", checklist=["Look"], actor=world.tove, at=MONDAY)
    with pytest.raises(Refusal):
        assistance.tick(question.pk, place=place, is_done=True, actor=world.asta, at=MONDAY)


def test_a_list_without_end_is_refused(world: World) -> None:
    question = asked(world)
    for steps in (["Look"] * 31, ["x" * 301]):
        with pytest.raises(Refusal):
            assistance.answer(question.pk, text="So.", checklist=steps, actor=world.tove, at=MONDAY)


# --- who is told --------------------------------------------------------------------------------


def test_tier_two_is_told_of_a_question_and_not_of_its_words(world: World) -> None:
    question = asked(world, tried="Restarted twice.")
    (notice,) = notices(world.tove)
    assert "Asta Lind asks Tier Two" in notice.text
    assert f"/console/tier-two/{question.pk}" in notice.text
    assert "Why?" not in notice.text
    assert "Restarted" not in notice.text
    assert notices(world.asta) == []


def test_who_asked_and_who_owns_the_case_are_told_of_asking_back_and_of_the_answer(
    world: World,
) -> None:
    question = asked(world)
    cases.own(question.case_id, actor=world.bo, at=MONDAY)
    assistance.ask_back(question.pk, text="Which?", actor=world.tove, at=MONDAY)
    assistance.answer(question.pk, text="So.", actor=world.tove, at=MONDAY)
    for person in (world.asta, world.bo):
        subjects = [one.subject for one in notices(person)]
        assert [("asks back" in one, "answered" in one) for one in subjects] == [
            (True, False),
            (False, True),
        ]


def test_who_has_the_question_hears_what_is_added_and_that_it_is_taken_back(world: World) -> None:
    question = asked(world)
    assistance.take(question.pk, actor=world.bo, at=MONDAY)
    assistance.add(question.pk, text="More.", actor=world.asta, at=MONDAY)
    assistance.take_back(question.pk, actor=world.asta, at=MONDAY)
    assert len(notices(world.bo)) == 2
    assert len(notices(world.tove)) == 1  # of the question alone


def test_a_missed_answer_is_told_to_those_who_owe_it(world: World) -> None:
    free = asked(world, within="4 h")
    taken = assistance.ask(
        free.case_id, text="How?", within="3 h", actor=world.asta, at=MONDAY + MINUTE
    )
    assistance.take(taken.pk, actor=world.bo, at=MONDAY + MINUTE)
    clocks.sweep(at=MONDAY + timedelta(hours=6))
    # One mail each: who hears of two misses of a case at once hears of them together.
    for person in (world.tove, world.bo, world.asta):
        assert sum("missed" in one.subject for one in notices(person)) == 1, person.name


def test_no_file_of_a_question_is_ever_a_file_of_a_message(world: World) -> None:
    file = File("trace.log", "text/plain", b"trace")
    question = asked(world, files=[file])
    assistance.add(question.pk, text="More.", files=[file], actor=world.asta, at=MONDAY)
    messages.reply(question.case_id, text="We look.", actor=world.asta, at=MONDAY)
    assert Attachment.objects.filter(message__isnull=False).count() == 0
    assert question.attachments.count() == 1
    for attachment in Attachment.objects.all():
        assert get_file(attachment.pk, world.tove).name == "trace.log"
        for person in (world.cleo, world.eve, DESK):
            with pytest.raises(Refusal):
                get_file(attachment.pk, person)
