"""In which case a customer's words land: the open one, the surviving one, or a new one."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings

from dueline.actions import cases, inbox, merging, watchers
from dueline.core.audience import Person
from dueline.core.inbound import Inbound
from dueline.core.matching import decide, reply_address
from dueline.models import Case, Contact, InboxItem
from dueline.queries.inbox import facts_for
from tests.world import MONDAY, World

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ADDRESS = "support@desk.example"


def answers(by: Person, case: Case, *, at: datetime, text: str = "And now?") -> Case | None:
    """Answer one of our mails about a case, by mail, with the token that it carried."""
    to = reply_address(settings.SECRET_KEY, mail_address=ADDRESS, case_id=case.pk, contact_id=by.id)
    raw = f"From: {by.email}\r\n\r\n{text} {at}".encode()
    inbox.keep_raw(raw, door="smtp", mail_from=by.email, rcpt_to=[to], at=at)
    claimed = inbox.claim_next(at=at)
    assert claimed is not None
    mail = Inbound(
        channel="mail",
        sender_name=by.name,
        sender_address=by.email,
        subject=f"Re: [{case.number}]",
        text=text,
        mail_id=f"<{at.timestamp()}@customer.example>",
        digest=str(at),
    )
    facts = facts_for(
        mail,
        rcpt_to=[to],
        secret=settings.SECRET_KEY,
        mail_address=ADDRESS,
        except_item=claimed.item_id,
    )
    return inbox.take_in(
        claimed.item_id, claim=claimed.claim, inbound=mail, decision=decide(mail, facts), at=at
    )


def resolved(world: World) -> Case:
    case = world.case()
    cases.resolve(case.pk, text="Solved.", actor=world.asta, at=MONDAY)
    return case


def test_a_mail_on_day_13_reopens_and_on_day_15_opens_a_case_that_follows(world: World) -> None:
    case = resolved(world)
    assert answers(world.cleo, case, at=MONDAY + 13 * DAY) == case
    assert Case.objects.get(pk=case.pk).state == "new"

    other = resolved(world)
    later = answers(world.cleo, other, at=MONDAY + 15 * DAY)
    assert later is not None
    assert later.follows_id == other.pk
    assert Case.objects.get(pk=other.pk).state == "resolved"


def test_a_mail_to_a_merged_case_lands_in_the_one_that_goes_on(world: World) -> None:
    gone, going_on = world.case(world.dag), world.case(world.cleo)
    merging.merge(gone.pk, into=going_on.pk, actor=world.asta, at=MONDAY)
    assert answers(world.dag, gone, at=MONDAY + HOUR) == going_on
    assert not gone.messages.filter(text="And now?").exists()
    assert going_on.messages.get(text="And now?").contact_id == world.dag.id


def test_a_mail_lands_at_the_end_of_a_row_of_merges(world: World) -> None:
    first, second, third = world.case(), world.case(), world.case()
    merging.merge(first.pk, into=second.pk, actor=world.asta, at=MONDAY)
    merging.merge(second.pk, into=third.pk, actor=world.asta, at=MONDAY)
    assert answers(world.cleo, first, at=MONDAY + HOUR) == third


def test_after_the_merge_is_undone_the_mail_lands_where_it_was_sent(world: World) -> None:
    gone, going_on = world.case(), world.case()
    merging.merge(gone.pk, into=going_on.pk, actor=world.asta, at=MONDAY)
    merging.unmerge(gone.pk, actor=world.asta, at=MONDAY + HOUR)
    assert answers(world.cleo, gone, at=MONDAY + 2 * HOUR) == gone


def test_a_watcher_answers_with_a_token_of_their_own(world: World) -> None:
    case = world.case()
    watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.asta, at=MONDAY)
    assert answers(world.dag, case, at=MONDAY + HOUR) == case


def test_i33_a_watcher_who_has_left_the_company_answers_as_a_stranger(world: World) -> None:
    case = world.case()
    watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.asta, at=MONDAY)
    Contact.objects.filter(pk=world.dag.id).update(organization=world.southgate)
    assert answers(world.dag, case, at=MONDAY + HOUR) is None
    assert InboxItem.objects.latest("id").state == "held"


def test_the_contact_of_a_case_answers_wherever_they_work_now(world: World) -> None:
    case = world.case()
    Contact.objects.filter(pk=world.cleo.id).update(organization=world.southgate)
    assert answers(world.cleo, case, at=MONDAY + HOUR) == case


@pytest.mark.parametrize("days", [13, 15])
def test_both_cases_name_each_other_for_agents(world: World, days: int) -> None:
    from dueline.queries.case_pages import facts_of, relatives

    case = resolved(world)
    landed = answers(world.cleo, case, at=MONDAY + days * DAY)
    assert landed is not None
    followed = [row.id for row in relatives(facts_of(case.pk, world.asta))["followed"]]
    assert followed == ([] if days == 13 else [landed.pk])
    if followed:
        earlier = relatives(facts_of(landed.pk, world.asta))["follows"]
        assert [row.id for row in earlier] == [case.pk]
