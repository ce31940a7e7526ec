"""People who watch a case that is not theirs."""

import pytest

from dueline.actions import cases, messages, outbox, watchers
from dueline.core.audience import DESK
from dueline.core.errors import Refusal
from dueline.core.events import PUBLIC_KINDS, Kind
from dueline.core.priorities import Priority
from dueline.models import Case, Contact, OutboxItem, Watcher
from dueline.queries.cases import visible_to
from tests.world import MONDAY, World


def watched_by_dag(world: World) -> Case:
    case = world.case()
    watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.cleo, at=MONDAY)
    return case


@pytest.mark.parametrize("who", ["cleo", "asta"])
def test_i19_nobody_of_another_company_is_let_in(world: World, who: str) -> None:
    case = world.case()
    with pytest.raises(Refusal) as refused:
        watchers.let_contact_watch(
            case.pk, contact_id=world.eve.id, actor=getattr(world, who), at=MONDAY
        )
    assert refused.value.code == "nobody"
    assert not Watcher.objects.exists()


def test_i17_who_does_not_see_a_case_lets_nobody_watch_it(world: World) -> None:
    case = world.case()
    for stranger in (world.dag, world.eve):
        with pytest.raises(Refusal) as refused:
            watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=stranger, at=MONDAY)
        assert refused.value.code == "not-found"


def test_a_case_of_nobodys_company_is_watched_by_no_contact(world: World) -> None:
    case = world.case()
    Case.objects.filter(pk=case.pk).update(organization=None)
    Contact.objects.filter(pk=world.dag.id).update(organization=None)
    with pytest.raises(Refusal) as refused:
        watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.asta, at=MONDAY)
    assert refused.value.code == "nobody"


def test_ones_own_case_need_not_be_watched(world: World) -> None:
    case = world.case()
    with pytest.raises(Refusal) as refused:
        watchers.let_contact_watch(case.pk, contact_id=world.cleo.id, actor=world.asta, at=MONDAY)
    assert refused.value.code == "not-now"


def test_who_watches_a_case_sees_it_and_only_it(world: World) -> None:
    other = world.case(subject="Another")
    assert not visible_to(world.dag).exists()
    case = watched_by_dag(world)
    assert list(visible_to(world.dag)) == [case]
    assert other not in visible_to(world.dag)


def test_who_has_left_the_company_watches_nothing_of_it_any_more(world: World) -> None:
    watched_by_dag(world)
    Contact.objects.filter(pk=world.dag.id).update(organization=world.southgate)
    dag = world.contact(world.dag).as_person()
    assert not visible_to(dag).exists()


def test_who_has_left_the_company_gets_no_more_letters(world: World) -> None:
    case = watched_by_dag(world)
    Contact.objects.filter(pk=world.dag.id).update(organization=world.southgate)
    messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY)
    assert not OutboxItem.objects.filter(to_address=world.dag.email).exists()


def test_a_reply_reaches_each_reader_alone(world: World) -> None:
    case = watched_by_dag(world)
    messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY)
    mails = {mail.to_address: mail for mail in OutboxItem.objects.filter(purpose="reply")}
    assert mails.keys() == {world.cleo.email, world.dag.email}
    cleos, dags = mails[world.cleo.email], mails[world.dag.email]
    assert cleos.reply_to != dags.reply_to
    assert cleos.mail_id != dags.mail_id
    assert "cleo" not in (dags.text + dags.references + dags.in_reply_to).lower()


def test_the_copy_of_a_watcher_that_bounces_moves_no_clock(world: World) -> None:
    case = watched_by_dag(world)
    messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY)
    copy = OutboxItem.objects.get(purpose="reply", to_address=world.dag.email)
    OutboxItem.objects.filter(pk=copy.pk).update(state="sent")
    outbox.come_back(copy, why="550 no such mailbox", at=MONDAY)
    assert not case.events.filter(kind=Kind.BOUNCED).exists()
    assert case.commitments.get(kind="response").state == "met"


def test_what_a_watcher_writes_joins_the_case(world: World) -> None:
    case = watched_by_dag(world)
    messages.receive(
        case.pk,
        text="It is the proxy.",
        contact=world.contact(world.dag),
        actor=world.dag,
        channel="web",
        happened_at=MONDAY,
        at=MONDAY,
    )
    assert case.messages.filter(contact_id=world.dag.id).exists()


@pytest.mark.parametrize("act", ["escalate", "change_priority", "close"])
def test_a_watcher_decides_nothing(world: World, act: str) -> None:
    case = watched_by_dag(world)
    acts = {
        "escalate": lambda: cases.escalate(case.pk, reason="!", actor=world.dag, at=MONDAY),
        "change_priority": lambda: cases.change_priority(
            case.pk, priority=Priority.LOW, reason="!", actor=world.dag, at=MONDAY
        ),
        "close": lambda: cases.close(case.pk, actor=world.dag, at=MONDAY),
    }
    with pytest.raises(Refusal) as refused:
        acts[act]()
    assert refused.value.code == "not-allowed"
    assert "Cleo Dahl" in refused.value.text


def test_a_super_user_decides_about_a_case_that_a_colleague_opened(world: World) -> None:
    case = world.case(world.dag)
    cases.escalate(case.pk, reason="Quarter end", actor=world.cleo, at=MONDAY)
    assert Case.objects.get(pk=case.pk).priority == "high"


def test_a_contact_ends_their_own_watch_and_nobody_elses(world: World) -> None:
    case = watched_by_dag(world)
    with pytest.raises(Refusal) as refused:
        watchers.end_contacts_watch(case.pk, contact_id=world.dag.id, actor=world.cleo, at=MONDAY)
    assert refused.value.code == "not-allowed"
    watchers.end_contacts_watch(case.pk, contact_id=world.dag.id, actor=world.dag, at=MONDAY)
    assert not visible_to(world.dag).exists()


def test_a_colleague_who_watches_is_told_when_the_customer_writes(world: World) -> None:
    case = world.case()
    cases.own(case.pk, actor=world.asta, at=MONDAY)
    watchers.let_agent_watch(case.pk, agent_id=world.bo.id, actor=world.asta, at=MONDAY)
    watchers.let_agent_watch(case.pk, agent_id=world.asta.id, actor=world.asta, at=MONDAY)
    messages.receive(
        case.pk,
        text="Any news?",
        contact=world.contact(world.cleo),
        actor=DESK,
        channel="mail",
        happened_at=MONDAY,
        at=MONDAY,
    )
    told = OutboxItem.objects.filter(purpose="notice").values_list("to_address", flat=True)
    assert sorted(told) == [world.asta.email, world.bo.email]
    watchers.end_agents_watch(case.pk, agent_id=world.bo.id, actor=world.bo, at=MONDAY)
    assert case.watchers.count() == 1


def test_who_watches_a_case_is_no_customers_business_to_read_in_its_history() -> None:
    assert not {Kind.WATCHER_ADDED, Kind.WATCHER_REMOVED} & PUBLIC_KINDS


def test_each_reader_is_written_to_in_their_own_language(world: World) -> None:
    case = watched_by_dag(world)
    Contact.objects.filter(pk=world.dag.id).update(language="sv")
    messages.reply(case.pk, text="We look.", actor=world.asta, at=MONDAY)
    mails = dict(OutboxItem.objects.filter(purpose="reply").values_list("to_address", "text"))
    assert "Case Number" in mails[world.cleo.email]
    assert "Case Number" not in mails[world.dag.email]
