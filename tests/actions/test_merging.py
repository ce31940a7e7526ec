"""Two cases become one, and two again."""

from datetime import timedelta

import pytest

from dueline.actions import assistance, cases, clocks, merging, messages
from dueline.core.errors import Refusal
from dueline.models import Case, OutboxItem, Watcher
from dueline.queries.commitments import differences
from tests.world import MONDAY, World

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LATER = MONDAY + 2 * HOUR - MINUTE


def stored(case: Case) -> list[tuple]:
    columns = ("kind", "ordinal", "state", "started_at", "due_at", "met_at", "reason", "skipped")
    return list(case.commitments.order_by("kind", "ordinal").values_list(*columns))


def columns(case: Case) -> dict:
    """The row, but for what counts the acts."""
    row = Case.objects.filter(pk=case.pk).values().get()
    return {name: row[name] for name in row if name not in ("version", "changed_at", "nearest_id")}


def test_i17_only_colleagues_merge_and_they_need_rights_on_both(world: World) -> None:
    one, other = world.case(), world.case()
    with pytest.raises(Refusal) as refused:
        merging.merge(one.pk, into=other.pk, actor=world.cleo, at=MONDAY)
    assert refused.value.code == "not-found"
    with pytest.raises(Refusal) as refused:
        merging.merge(one.pk, into=10**6, actor=world.asta, at=MONDAY)
    assert refused.value.code == "not-found"


def test_cases_of_different_customers_are_never_merged(world: World) -> None:
    one, other = world.case(world.cleo), world.case(world.eve)
    with pytest.raises(Refusal) as refused:
        merging.merge(one.pk, into=other.pk, actor=world.asta, at=MONDAY)
    assert refused.value.code == "not-same-customer"
    assert Case.objects.get(pk=one.pk).state == "new"


def test_a_case_is_merged_into_an_open_one_and_never_into_itself(world: World) -> None:
    one, other = world.case(), world.case()
    with pytest.raises(Refusal, match="itself"):
        merging.merge(one.pk, into=one.pk, actor=world.asta, at=MONDAY)
    cases.close(other.pk, actor=world.cleo, at=MONDAY)
    with pytest.raises(Refusal, match="no longer open"):
        merging.merge(one.pk, into=other.pk, actor=world.asta, at=MONDAY)


def test_a_case_is_merged_only_into_one_that_is_as_urgent(world: World) -> None:
    critical, normal = world.case(priority="critical"), world.case(priority="normal")
    with pytest.raises(Refusal, match="other way round"):
        merging.merge(critical.pk, into=normal.pk, actor=world.asta, at=MONDAY)
    merging.merge(normal.pk, into=critical.pk, actor=world.asta, at=MONDAY)
    assert Case.objects.get(pk=normal.pk).merged_into_id == critical.pk


def test_the_surviving_case_keeps_the_earliest_open_anchor_of_each_kind(world: World) -> None:
    early = world.case(priority="critical", at=MONDAY)
    late = world.case(priority="critical", at=MONDAY + 20 * MINUTE)
    merging.merge(early.pk, into=late.pk, actor=world.asta, at=MONDAY + 30 * MINUTE)
    response = late.commitments.get(kind="response")
    assert (response.started_at, response.due_at) == (MONDAY, MONDAY + HOUR)
    assert early.commitments.get(kind="response").state == "withdrawn"
    assert early.commitments.get(kind="response").reason == "merged"
    assert not early.commitments.filter(state="running").exists()
    assert differences(early.pk) == differences(late.pk) == []


def test_a_merge_weakens_no_promise_and_makes_none_overdue(world: World) -> None:
    normal = world.case(priority="normal", at=MONDAY - timedelta(days=3))
    critical = world.case(priority="critical", at=MONDAY)
    merging.merge(normal.pk, into=critical.pk, actor=world.asta, at=MONDAY + MINUTE)
    response = critical.commitments.get(kind="response")
    assert (response.state, response.due_at) == ("running", MONDAY + HOUR)


def test_what_only_the_merged_case_owed_is_owed_in_the_surviving_one(world: World) -> None:
    answered, unanswered = world.case(priority="critical"), world.case(priority="critical")
    messages.reply(answered.pk, text="We look.", actor=world.asta, at=MONDAY + MINUTE)
    merging.merge(unanswered.pk, into=answered.pk, actor=world.asta, at=MONDAY + 5 * MINUTE)
    assert stored_states(answered, "response") == ["met", "running"]
    messages.reply(answered.pk, text="To both.", actor=world.asta, at=MONDAY + 9 * MINUTE)
    assert stored_states(answered, "response") == ["met", "met"]
    assert differences(answered.pk) == []


def test_a_miss_stays_with_the_case_in_which_it_happened(world: World) -> None:
    missed, other = world.case(priority="critical"), world.case(priority="critical", at=LATER)
    merging.merge(missed.pk, into=other.pk, actor=world.asta, at=MONDAY + 2 * HOUR)
    assert stored_states(missed, "response") == ["missed"]
    assert "missed" not in stored_states(other, "response")


def test_a_merge_that_is_undone_leaves_both_as_they_were(world: World) -> None:
    one, other = world.case(priority="critical"), world.case(world.dag, priority="critical")
    messages.reply(one.pk, text="We look.", actor=world.asta, at=MONDAY + MINUTE)
    cases.activate(one.pk, actor=world.asta, at=MONDAY + 2 * MINUTE)
    messages.ask_customer(one.pk, text="Which?", actor=world.asta, at=MONDAY + 3 * MINUTE)
    before = [(columns(case), stored(case)) for case in (one, other)]
    merging.merge(one.pk, into=other.pk, actor=world.asta, at=MONDAY + 4 * MINUTE)
    assert Case.objects.get(pk=one.pk).state == "merged"
    assert stored(other) != before[1][1]
    merging.unmerge(one.pk, actor=world.bo, at=MONDAY + 5 * MINUTE)
    assert [(columns(case), stored(case)) for case in (one, other)] == before
    assert differences(one.pk) == differences(other.pk) == []
    assert not Watcher.objects.exists()


def test_the_clocks_of_a_merge_that_is_undone_ran_on(world: World) -> None:
    one, other = world.case(priority="critical"), world.case(priority="critical")
    merging.merge(one.pk, into=other.pk, actor=world.asta, at=MONDAY + MINUTE)
    merging.unmerge(one.pk, actor=world.asta, at=MONDAY + 2 * HOUR)
    response = one.commitments.get(kind="response")
    assert (response.state, response.due_at) == ("missed", MONDAY + HOUR)
    clocks.sweep(at=MONDAY + 3 * HOUR)
    assert differences(one.pk) == []


def test_cases_stay_together_where_taking_them_apart_would_hide_a_miss(world: World) -> None:
    one, other = world.case(priority="normal"), world.case(priority="normal")
    messages.reply(other.pk, text="We look.", actor=world.asta, at=MONDAY)
    merging.merge(one.pk, into=other.pk, actor=world.asta, at=MONDAY)
    cases.change_priority(
        other.pk,
        priority=cases.Priority.CRITICAL,
        reason="It is down.",
        actor=world.asta,
        at=MONDAY + MINUTE,
    )
    clocks.sweep(at=MONDAY + 2 * HOUR)
    assert stored_states(other, "response") == ["met", "missed"]
    with pytest.raises(Refusal, match="hidden"):
        merging.unmerge(one.pk, actor=world.asta, at=MONDAY + 2 * HOUR)
    assert stored_states(other, "response") == ["met", "missed"]


def test_who_followed_the_merged_case_follows_the_surviving_one(world: World) -> None:
    one, other = world.case(world.dag), world.case(world.cleo)
    merging.merge(one.pk, into=other.pk, actor=world.asta, at=MONDAY)
    assert list(other.watchers.values_list("contact_id", flat=True)) == [world.dag.id]
    (letter,) = OutboxItem.objects.filter(to_address="dag@northwind.example", purpose="letter")
    assert other.number in letter.text


def test_a_question_to_tier_two_is_answered_where_it_was_asked(world: World) -> None:
    one, other = world.case(), world.case()
    question = assistance.ask(one.pk, text="Why?", actor=world.asta, at=MONDAY)
    merging.merge(one.pk, into=other.pk, actor=world.asta, at=MONDAY + MINUTE)
    assert stored_states(one, "assistance") == ["running"]
    assistance.answer(question.pk, text="So.", actor=world.tove, at=MONDAY + HOUR)
    assert stored_states(one, "assistance") == ["met"]
    assert differences(one.pk) == []


def test_a_chain_of_merges_is_taken_apart_from_its_end(world: World) -> None:
    one, two, three = world.case(), world.case(), world.case()
    merging.merge(one.pk, into=two.pk, actor=world.asta, at=MONDAY)
    merging.merge(two.pk, into=three.pk, actor=world.asta, at=MONDAY)
    with pytest.raises(Refusal, match="first"):
        merging.unmerge(one.pk, actor=world.asta, at=MONDAY)
    merging.unmerge(two.pk, actor=world.asta, at=MONDAY)
    merging.unmerge(one.pk, actor=world.asta, at=MONDAY)
    assert [Case.objects.get(pk=c.pk).state for c in (one, two, three)] == ["new"] * 3


def stored_states(case: Case, kind: str) -> list[str]:
    return list(
        case.commitments.filter(kind=kind).order_by("ordinal").values_list("state", flat=True)
    )
