"""What a customer does with a case, and what a case has to do with others, without script."""

from datetime import timedelta

import pytest
from django.test import Client

from dueline.actions import (
    cases,
    merging,
    messages,
    problems,
    promises,
    silence,
    splitting,
    watchers,
)
from dueline.core.policy import CommitmentKind
from dueline.models import Agent, Case, Watcher
from tests.portal.conftest import NOW
from tests.portal.test_cases import signed_in
from tests.world import MONDAY, World, utc

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
INSIDE = "violet ladder"


@pytest.fixture
def cleo(world) -> Client:
    return signed_in(world.cleo)


def page_of(client: Client, case: Case) -> str:
    return client.get(f"/cases/{case.number}").content.decode()


def post(client: Client, case: Case, act: str, **typed):
    return client.post(f"/cases/{case.number}/{act}", typed)


# --- priority -----------------------------------------------------------------------------------


def test_a_priority_is_changed_with_a_reason_only(world, cleo):
    case = world.case()
    assert post(cleo, case, "priority", priority="critical").status_code == 400
    assert post(cleo, case, "priority", priority="huge", priority_reason="!").status_code == 400
    kept = post(cleo, case, "priority", priority_reason="All shops").content.decode()
    assert "All shops</textarea>" in kept
    assert Case.objects.get().priority == "normal"

    done = post(cleo, case, "priority", priority="critical", priority_reason="All shops are down")
    assert done.status_code == 302
    assert Case.objects.get().priority == "critical"


def test_the_customer_lowers_the_priority_without_anybody_elses_consent(world, cleo):
    case = world.case(priority="critical")
    post(cleo, case, "priority", priority="normal", priority_reason="A way round is found")
    assert Case.objects.get().priority == "normal"


def test_to_high_one_escalates(world, cleo):
    page = page_of(cleo, world.case())
    assert 'name="priority" value="high"' not in page
    assert "Escalate to" in page
    assert 'name="priority" value="high"' in page_of(cleo, world.case(priority="critical"))


# --- watching -----------------------------------------------------------------------------------


def test_a_colleague_is_let_in_and_leaves_by_themself(world, cleo):
    case = world.case()
    dag = signed_in(world.dag)
    assert dag.get(f"/cases/{case.number}").status_code == 404
    assert post(cleo, case, "watchers", who=str(world.eve.id)).status_code == 400
    assert post(cleo, case, "watchers", who="").status_code == 400
    assert post(cleo, case, "watchers", who=str(world.dag.id)).status_code == 302

    page = page_of(dag, case)
    assert "You watch this case." in page
    assert "Dag Ek" in page_of(cleo, case)
    left = post(dag, case, "watchers/end")
    assert (left.status_code, left["Location"]) == (302, "/cases")
    assert dag.get(f"/cases/{case.number}").status_code == 404


def test_a_watcher_writes_and_is_offered_nothing_to_decide(world):
    case = world.case()
    watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.asta, at=MONDAY)
    dag = signed_in(world.dag)
    page = page_of(dag, case)
    for act in ("priority", "escalation", "closing"):
        assert f"/cases/{case.number}/{act}" not in page
    typed = {"priority": "low", "priority_reason": "!", "reason": "!"}
    for act in ("priority", "escalation", "closing"):
        refused = post(dag, case, act, **typed)
        assert refused.status_code == 400
        assert "Only Cleo Dahl or a super-user" in refused.content.decode()
    assert post(dag, case, "messages", text="It is the proxy.").status_code == 302


def test_a_colleague_who_watches_is_no_customers_business(world, cleo):
    case = world.case()
    watchers.let_agent_watch(case.pk, agent_id=world.tove.id, actor=world.asta, at=MONDAY)
    assert "Tove" not in page_of(cleo, case)
    assert Watcher.objects.count() == 1


# --- cases around one ---------------------------------------------------------------------------


def test_what_is_written_in_a_merged_case_lands_in_the_other_and_the_page_says_so(world, cleo):
    gone, going_on = world.case(), world.case()
    merging.merge(gone.pk, into=going_on.pk, actor=world.asta, at=MONDAY)
    page = page_of(cleo, gone)
    assert "This case goes on in another one" in page
    assert f"/cases/{going_on.number}" in page
    for act in ("closing", "reopening", "escalation", "priority"):
        assert f"/cases/{gone.number}/{act}" not in page
    written = post(cleo, gone, "messages", text="And now?")
    assert written["Location"] == f"/cases/{going_on.number}"
    assert going_on.messages.filter(text="And now?").exists()


def test_i20_a_merge_shows_of_the_other_case_what_one_may_see_and_no_more(world):
    """Dag watches Cleo's case since his own was merged into it; her third one stays hers."""
    hers, his, third = world.case(text="Hers."), world.case(world.dag), world.case(text="Third.")
    merging.merge(his.pk, into=hers.pk, actor=world.asta, at=MONDAY)
    merging.merge(third.pk, into=hers.pk, actor=world.asta, at=MONDAY)
    dag, cleo = signed_in(world.dag), signed_in(world.cleo)
    seen = page_of(dag, hers)
    assert "Hers." in seen
    assert his.number in seen
    assert third.number not in seen
    assert "Third." not in seen
    assert "Third." in page_of(cleo, hers)

    merging.unmerge(his.pk, actor=world.asta, at=MONDAY)
    assert dag.get(f"/cases/{hers.number}").status_code == 404


def test_a_merge_note_of_colleagues_stays_inside(world, cleo):
    gone, going_on = world.case(world.dag), world.case()
    messages.add_note(gone.pk, text=INSIDE, actor=world.asta, at=MONDAY)
    merging.merge(gone.pk, into=going_on.pk, actor=world.asta, at=MONDAY)
    assert INSIDE not in page_of(cleo, going_on)


def test_on_day_13_the_case_is_open_again_and_on_day_15_a_new_one_follows(world, cleo):
    early = world.case(at=NOW - 20 * DAY)
    cases.resolve(early.pk, text="Solved.", actor=world.asta, at=NOW - 13 * DAY)
    post(cleo, early, "messages", text="Not so.")
    assert Case.objects.get(pk=early.pk).state == "new"

    late = world.case(at=NOW - 20 * DAY)
    cases.resolve(late.pk, text="Solved.", actor=world.asta, at=NOW - 15 * DAY)
    post(cleo, late, "messages", text="Not so.")
    new = Case.objects.latest("id")
    assert new.follows_id == late.pk
    assert f"/cases/{new.number}" in page_of(cleo, late)
    assert f"/cases/{late.number}" in page_of(cleo, new)


def test_a_message_that_became_a_case_is_linked_from_both(world, cleo):
    case = world.case()
    post(cleo, case, "messages", text="And the export stops.")
    event = case.events.get(kind="message_received")
    new = splitting.split(
        case.pk, event_id=event.pk, subject="Export stops", actor=world.asta, at=NOW
    )
    assert f"/cases/{new.number}" in page_of(cleo, case)
    assert f"/cases/{case.number}" in page_of(cleo, new)


def test_i20_a_case_that_became_of_a_message_is_not_named_to_who_may_not_see_it(world):
    """Dag wrote in Cleo's case as a watcher; what he split off is his, hers is hers."""
    case = world.case()
    watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.asta, at=MONDAY)
    dag = signed_in(world.dag)
    post(dag, case, "messages", text="Another matter.")
    event = case.events.get(kind="message_received")
    new = splitting.split(case.pk, event_id=event.pk, subject="Mine", actor=world.asta, at=NOW)
    watchers.end_contacts_watch(case.pk, contact_id=world.dag.id, actor=world.dag, at=NOW)
    page = page_of(dag, new)
    assert "Another matter." in page
    assert case.number not in page


# --- promises -----------------------------------------------------------------------------------


def test_an_escalation_shows_the_old_promise_and_the_new(world, cleo):
    case = world.case()
    cases.escalate(case.pk, reason="Quarter end", actor=world.cleo, at=MONDAY)
    assert "Until the escalation it was due" in page_of(cleo, case)


def test_the_customer_reads_the_words_of_an_extension_and_not_its_reason(world, cleo):
    Agent.objects.filter(pk=world.ada.id).update(is_manager=True)
    case = world.case()
    promises.extend(
        case.pk,
        kind=CommitmentKind.RESPONSE,
        ordinal=1,
        until=utc("2026-11-26T12:00"),
        reason=INSIDE,
        note="The part comes on Thursday.",
        actor=world.ada,
        at=MONDAY,
    )
    page = page_of(cleo, case)
    assert "The part comes on Thursday." in page
    assert "Extended: until then it was due" in page
    assert INSIDE not in page
    assert all(INSIDE not in text for text in case.outbox.values_list("text", flat=True))


def test_nothing_of_a_known_problem_is_seen_but_what_was_sent(world, cleo):
    case = world.case()
    problem = problems.link_to_new(case.pk, title=INSIDE, actor=world.asta, at=MONDAY)
    problems.announce(
        problem.pk, text="Mended tonight.", seen={case.pk}, actor=world.asta, at=MONDAY
    )
    page = page_of(cleo, case)
    assert "Mended tonight." in page
    assert INSIDE not in page
    assert INSIDE not in cleo.get("/cases").content.decode()


def test_a_case_that_was_closed_for_silence_says_so_and_is_opened_again(world, cleo):
    case = world.case(at=NOW - 30 * DAY)
    messages.ask_customer(case.pk, text="Which version?", actor=world.asta, at=NOW - 30 * DAY)
    for days in (25, 20, 10):
        silence.sweep(at=NOW - days * DAY)
    page = page_of(cleo, case)
    assert "since no answer came to what we asked" in page
    assert post(cleo, case, "reopening", reopen_reason="I was away").status_code == 302
    assert Case.objects.get(pk=case.pk).state == "new"


def test_the_customer_reads_that_a_third_party_is_awaited_and_not_who(world: World, cleo):
    case = world.case()
    messages.await_third_party(case.pk, whom=INSIDE, actor=world.asta, at=MONDAY)
    for page in (page_of(cleo, case), cleo.get("/cases").content.decode()):
        assert "for a third party since" in page
        assert "Waits for your answer" not in page
        assert INSIDE not in page
