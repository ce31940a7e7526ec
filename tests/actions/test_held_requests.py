"""A request of somebody who may not open cases is held, not lost, until a super-user vouches."""

from datetime import timedelta
from importlib.resources import files

import pytest
from django.conf import settings

from dueline.actions import cases, held_requests, inbox
from dueline.actions.contacts import put_on_list, take_off_list
from dueline.actions.policies import publish_policy
from dueline.core.entitlement import EXPIRES_AFTER
from dueline.core.errors import Refusal
from dueline.core.events import Kind
from dueline.core.inbound import File, Inbound, Machine, Particulars
from dueline.core.matching import decide
from dueline.core.priorities import Priority
from dueline.models import (
    Account,
    Case,
    Contact,
    ContactChange,
    Contract,
    Event,
    HeldRequest,
    InboxItem,
    OutboxItem,
)
from dueline.queries.desk import day_at
from dueline.queries.inbox import facts_for
from tests.world import MONDAY

LATER = MONDAY + timedelta(hours=3)
LOG = File("scanner.log", "text/plain", b"session refused")


def mail(address="dag@northwind.example", **changes):
    told = {
        "channel": "mail",
        "sender_name": "Dag Ek",
        "sender_address": address,
        "subject": "Scanners stand still",
        "text": "All hand scanners say “session refused”.",
        "mail_id": f"<1.{address}>",
        "digest": f"d1 {address}",
        "files": (LOG,),
    }
    return Inbound(**{**told, **changes})


def arrives(inbound, *, at=MONDAY):
    """Let a mail arrive and be read, as the worker does it."""
    raw = f"Subject: x\r\n\r\n{inbound.mail_id}\r\n".encode()
    inbox.keep_raw(
        raw,
        door="smtp",
        mail_from=inbound.sender_address,
        rcpt_to=["support@desk.example"],
        at=at,
    )
    claimed = inbox.claim_next(at=at)
    facts = facts_for(
        inbound,
        rcpt_to=(),
        secret="secret",
        mail_address="support@desk.example",
        except_item=claimed.item_id,
        arrived_at=at,
    )
    decision = decide(inbound, facts)
    return inbox.take_in(
        claimed.item_id, claim=claimed.claim, inbound=inbound, decision=decision, at=at
    )


def held_mail(*args, **changes):
    assert arrives(mail(*args, **changes)) is None
    return HeldRequest.objects.latest("id")


def mails_to(address):
    return list(OutboxItem.objects.filter(to_address=address).order_by("id"))


# --- held ----------------------------------------------------------------------------------------


def test_a_plain_contacts_mail_is_held_whole(world):
    told = Particulars(phone="+46709999999", priority=Priority.HIGH)
    held = held_mail(html="<p>x</p>", particulars=told)
    assert Case.objects.count() == 0
    assert (held.why, held.state, held.organization_id) == (
        "not-super-user",
        "held",
        world.northwind.pk,
    )
    assert (held.subject, held.text, held.html) == (
        "Scanners stand still",
        "All hand scanners say “session refused”.",
        "<p>x</p>",
    )
    assert (held.priority, held.phone, held.arrived_at) == ("high", "+46709999999", MONDAY)
    assert [(file.name, file.size) for file in held.files.all()] == [("scanner.log", 15)]
    item = InboxItem.objects.get()
    assert (item.state, item.case_id, held.inbox_item_id) == ("taken", None, item.pk)
    assert "only they open cases" in item.reason


def test_an_unlisted_colleague_is_known_by_the_mail_domain_and_becomes_no_contact_yet(world):
    held = held_mail("nora@northwind.example", sender_name="Nora")
    assert (held.why, held.contact, held.name) == ("unlisted", None, "Nora")
    assert not Contact.objects.filter(email="nora@northwind.example").exists()


@pytest.mark.parametrize("address", ["nora@elsewhere.example", "nora@sub.northwind.example"])
def test_another_domain_is_another_company(world, address):
    assert arrives(mail(address)) is not None
    assert not HeldRequest.objects.exists()


def test_a_domain_that_two_companies_write_from_proves_nothing(world):
    Contact.objects.create(
        organization=world.southgate, name="X", email="x@northwind.example", created_at=MONDAY
    )
    case = arrives(mail("nora@northwind.example"))
    assert case.organization_id is None


def test_a_public_domain_proves_nothing(world):
    Contact.objects.filter(pk=world.dag.id).update(email="dag@gmail.com")
    case = arrives(mail("nora@gmail.com"))
    assert case.organization_id is None


def test_a_super_user_opens_cases_on_the_days_of_theirs(world):
    Contact.objects.filter(pk=world.cleo.id).update(super_from=MONDAY.date() + timedelta(days=1))
    Contact.objects.create(
        organization=world.northwind,
        name="Nora",
        email="nora@northwind.example",
        is_super_user=True,
        created_at=MONDAY,
    )
    assert held_mail("cleo@northwind.example").why == "not-super-user"
    assert arrives(
        mail("cleo@northwind.example", mail_id="<2@x>", digest="d2"), at=MONDAY + timedelta(days=1)
    )


def test_a_contact_whom_nobody_confirmed_is_held(world):
    until = day_at(MONDAY) - EXPIRES_AFTER - timedelta(days=1)
    Contact.objects.filter(pk=world.cleo.id).update(confirmed_until=until)
    assert held_mail("cleo@northwind.example").why == "expired"


def test_who_has_left_is_held(world):
    take_off_list(world.contact(world.dag), at=MONDAY)
    held = held_mail()
    assert held.why == "left"
    assert not held.is_verified


def test_without_a_super_user_the_request_opens_and_the_case_says_so(world):
    Contact.objects.filter(pk=world.cleo.id).update(is_super_user=False)
    case = arrives(mail())
    opened = case.events.get(kind=Kind.OPENED)
    assert opened.facts["lacks_super_user"] is True
    assert opened.facts["not_super_user"] is True


def test_on_a_plan_for_everybody_nobody_is_held(world):
    source = (files("dueline.core") / "shipped_policy.toml").read_text(encoding="utf-8")
    publish_policy(
        source=source.replace('opened_by = "super-users"', 'opened_by = "anybody"'),
        at=MONDAY - timedelta(hours=1),
    )
    case = arrives(mail())
    assert "not_super_user" not in case.events.get(kind=Kind.OPENED).facts


def test_outside_any_contract_nobody_was_asked_to_appoint_super_users(world):
    Contract.objects.filter(organization=world.northwind).update(ends_on="2026-06-30")
    case = arrives(mail())
    assert case.events.get(kind=Kind.OPENED).facts["not_covered"] == "outside-term"


def test_an_answer_to_an_existing_case_is_never_held(world):
    """Dag answers from his own case, by the address that our acknowledgement gave him."""
    case = world.case(by=world.dag)
    reply_to = mails_to(world.dag.email)[0].reply_to
    inbound = mail(to=(reply_to,))
    facts = facts_for(
        inbound,
        rcpt_to=(reply_to,),
        secret=settings.SECRET_KEY,
        mail_address="support@desk.example",
        arrived_at=MONDAY,
    )
    assert decide(inbound, facts).case_id == case.pk


def test_a_call_is_never_held_and_says_that_the_caller_is_no_super_user(world):
    case = cases.open_case(
        contact=world.contact(world.dag),
        subject="By telephone",
        text="x",
        priority=Priority.NORMAL,
        channel="phone",
        happened_at=MONDAY,
        at=MONDAY,
        actor=world.asta,
        answered_directly=True,
    )
    facts = case.events.get(kind=Kind.OPENED).facts
    assert facts["not_super_user"] is True
    assert "lacks_super_user" not in facts


def test_the_same_mail_by_two_ways_is_held_once(world):
    held_mail()
    raw = b"Received: by another way\r\nSubject: x\r\n\r\n"
    inbox.keep_raw(raw, door="lmtp", mail_from="dag@northwind.example", rcpt_to=["x"], at=MONDAY)
    claimed = inbox.claim_next(at=MONDAY)
    facts = facts_for(
        mail(),
        rcpt_to=(),
        secret="s",
        mail_address="support@desk.example",
        except_item=claimed.item_id,
        arrived_at=MONDAY,
    )
    inbox.take_in(
        claimed.item_id,
        claim=claimed.claim,
        inbound=mail(),
        decision=decide(mail(), facts),
        at=MONDAY,
    )
    assert HeldRequest.objects.count() == 1
    assert InboxItem.objects.latest("id").state == "duplicate"


def test_a_worker_that_lost_its_lease_holds_nothing(world):
    inbox.keep_raw(b"x", door="smtp", mail_from="dag@northwind.example", rcpt_to=[], at=MONDAY)
    first = inbox.claim_next(at=MONDAY)
    inbox.claim_next(at=MONDAY + inbox.LEASE * 2)
    facts = facts_for(
        mail(),
        rcpt_to=(),
        secret="s",
        mail_address="support@desk.example",
        except_item=first.item_id,
        arrived_at=MONDAY,
    )
    with pytest.raises(inbox.LostClaim):
        inbox.take_in(
            first.item_id,
            claim=first.claim,
            inbound=mail(),
            decision=decide(mail(), facts),
            at=MONDAY,
        )
    assert not HeldRequest.objects.exists()
    assert not OutboxItem.objects.exists()


# --- who is told ---------------------------------------------------------------------------------


def test_the_sender_is_told_that_it_is_kept_and_whom_to_ask(world):
    held_mail()
    (told,) = mails_to("dag@northwind.example")
    assert "Scanners stand still" in told.text
    assert "only its super-users open cases" in told.text
    assert "Cleo Dahl" in told.text
    assert told.case_id is None


def test_i38_an_unlisted_sender_is_told_without_a_word_of_their_own(world):
    held_mail("nora@northwind.example", sender_name="Buy Now")
    (told,) = mails_to("nora@northwind.example")
    whole = f"{told.to_name} {told.subject} {told.text}"
    for word in ("Scanners", "Buy Now", "session", "Cleo", "Northwind"):
        assert word not in whole


def test_i38_what_a_stranger_wrote_is_not_passed_on_to_a_super_user(world):
    held_mail("nora@northwind.example", sender_name="Buy Now", subject="Click here")
    (told,) = mails_to("cleo@northwind.example")
    for word in ("Buy Now", "Click here", "session"):
        assert word not in told.subject + told.text
    assert "nora@northwind.example" in told.text


def test_a_machine_is_told_nothing_and_its_request_is_held_all_the_same(world):
    held = held_mail(machine=Machine.AUTOMATIC, machine_because="it says so")
    assert held.by_machine
    assert mails_to("dag@northwind.example") == []
    assert len(mails_to("cleo@northwind.example")) == 1


def test_i38_the_fourth_request_of_an_hour_is_held_without_a_mail_to_its_sender(world):
    for n in range(5):
        held_mail(mail_id=f"<{n}@x>", digest=f"d{n}")
    assert HeldRequest.objects.count() == 5
    assert len(mails_to("dag@northwind.example")) == 3


def test_i38_forged_senders_do_not_flood_the_super_users(world):
    for n in range(12):
        held_mail(f"n{n}@northwind.example")
    assert HeldRequest.objects.count() == 12
    assert len(mails_to("cleo@northwind.example")) == 10


def test_each_super_user_gets_the_way_to_the_request(world):
    held = held_mail()
    (told,) = mails_to("cleo@northwind.example")
    assert f"http://desk.example/company/requests/{held.pk}" in told.text
    assert mails_to("eve@southgate.example") == []


# --- vouched for ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["dag", "eve"])
def test_nobody_but_a_super_user_of_the_company_finds_the_request(world, who):
    held = held_mail()
    person = getattr(world, who)
    for act in (
        lambda: held_requests.vouch(held.pk, actor=person, at=LATER),
        lambda: held_requests.decline(held.pk, reason="x", actor=person, at=LATER),
        lambda: held_requests.dismiss(held.pk, reason="x", actor=person, at=LATER),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "not-found"
    assert not Case.objects.exists()


def test_with_a_super_users_word_the_case_opens_for_its_sender_counted_from_the_arrival(world):
    held = held_mail()
    case = held_requests.vouch(held.pk, actor=world.cleo, at=LATER)
    assert (case.contact_id, case.organization_id) == (world.dag.id, world.northwind.pk)
    assert case.opened_at == MONDAY
    opened, _acknowledged, vouched = Event.objects.filter(case=case).order_by("id")
    assert (opened.happened_at, opened.recorded_at) == (MONDAY, LATER)
    assert opened.facts["held_since"] == MONDAY.isoformat()
    assert (vouched.kind, vouched.contact_id, vouched.happened_at) == (
        "vouched",
        world.cleo.id,
        LATER,
    )
    assert vouched.facts["arrived_at"] == MONDAY.isoformat()
    assert case.commitments.get(kind="response").started_at == MONDAY
    message = case.messages.get()
    assert message.inbox_item_id == held.inbox_item_id
    assert [file.name for file in message.attachments.all()] == ["scanner.log"]
    held.refresh_from_db()
    assert (held.state, held.case_id, held.decided_by_contact_id) == (
        "opened",
        case.pk,
        world.cleo.id,
    )
    assert InboxItem.objects.get().case_id == case.pk


def test_where_the_policy_says_so_the_clocks_count_from_the_vouching(world):
    source = (files("dueline.core") / "shipped_policy.toml").read_text(encoding="utf-8")
    publish_policy(
        source=source.replace('count_from = "arrival"', 'count_from = "vouching"'),
        at=MONDAY - timedelta(hours=1),
    )
    case = held_requests.vouch(held_mail().pk, actor=world.cleo, at=LATER)
    assert case.opened_at == LATER
    assert case.commitments.get(kind="response").started_at == LATER
    assert case.events.get(kind=Kind.OPENED).facts["held_since"] == MONDAY.isoformat()


def test_the_sender_gets_the_acknowledgement_then(world):
    held = held_mail()
    case = held_requests.vouch(held.pk, actor=world.cleo, at=LATER)
    told = mails_to("dag@northwind.example")[-1]
    assert (told.purpose, told.case_id) == ("acknowledgement", case.pk)
    assert case.number in told.subject
    assert told.in_reply_to == held.inbox_item.mail_id


def test_an_unlisted_colleague_is_on_the_list_from_then_on_and_the_desk_is_told(world):
    held = held_mail("nora@northwind.example", sender_name="Nora Ny")
    case = held_requests.vouch(held.pk, actor=world.cleo, at=LATER)
    nora = Contact.objects.get(email="nora@northwind.example")
    assert (nora.organization_id, nora.is_super_user) == (world.northwind.pk, False)
    assert case.contact_id == nora.pk
    assert nora.confirmed_until == day_at(LATER) + timedelta(days=91)
    (change,) = ContactChange.objects.all()
    assert (change.what, change.contact_id, change.by_contact_id) == (
        "vouched",
        nora.pk,
        world.cleo.id,
    )
    assert "Cleo Dahl vouched for Nora Ny" in mails_to("ada@desk.example")[0].text


def test_a_second_word_opens_no_second_case(world):
    held = held_mail()
    held_requests.vouch(held.pk, actor=world.cleo, at=LATER)
    for act in (
        lambda: held_requests.vouch(held.pk, actor=world.cleo, at=LATER),
        lambda: held_requests.decline(held.pk, reason="x", actor=world.cleo, at=LATER),
        lambda: held_requests.dismiss(held.pk, reason="x", actor=world.asta, at=LATER),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "not-now"
    assert Case.objects.count() == 1


def test_an_expired_super_user_confirms_the_list_first(world):
    held = held_mail()
    until = day_at(MONDAY) - EXPIRES_AFTER - timedelta(days=1)
    Contact.objects.filter(pk=world.cleo.id).update(confirmed_until=until)
    with pytest.raises(Refusal) as refused:
        held_requests.vouch(held.pk, actor=world.cleo, at=LATER)
    assert refused.value.code == "not-confirmed"
    held.refresh_from_db()
    assert held.state == "held"


def test_who_had_left_is_back_when_a_super_user_vouches_for_them(world):
    dag = world.contact(world.dag)
    take_off_list(dag, at=MONDAY - timedelta(days=2))
    held = held_mail()
    held_requests.vouch(held.pk, actor=world.cleo, at=LATER)
    dag.refresh_from_db()
    assert dag.left_at is None
    assert Account.objects.get(contact=dag).is_active


def test_a_sender_who_belongs_to_another_company_by_now_is_not_taken_over(world):
    held = held_mail("nora@northwind.example")
    nora = Contact(email="nora@northwind.example", name="Nora", created_at=MONDAY)
    put_on_list(nora, organization_id=world.southgate.pk, by=world.ada, at=MONDAY)
    with pytest.raises(Refusal):
        held_requests.vouch(held.pk, actor=world.cleo, at=LATER)
    assert not Case.objects.exists()


def test_an_engineer_says_who_confirmed_it(world):
    held = held_mail()
    with pytest.raises(Refusal) as refused:
        held_requests.vouch(held.pk, actor=world.asta, at=LATER)
    assert refused.value.code == "confirmed-by"
    case = held_requests.vouch(
        held.pk, actor=world.asta, at=LATER, confirmed_by="Cleo, on the telephone"
    )
    vouched = case.events.get(kind=Kind.VOUCHED)
    assert vouched.agent_id == world.asta.id
    assert vouched.facts["confirmed_by"] == "Cleo, on the telephone"


# --- declined ------------------------------------------------------------------------------------


def test_a_refusal_gives_its_reason_to_the_sender(world):
    held = held_mail()
    with pytest.raises(Refusal):
        held_requests.decline(held.pk, reason=" ", actor=world.cleo, at=LATER)
    held_requests.decline(held.pk, reason="We know it.", actor=world.cleo, at=LATER)
    told = mails_to("dag@northwind.example")[-1]
    assert "The reason: We know it." in told.text
    assert "Cleo Dahl of Northwind" in told.text
    assert not Case.objects.exists()
    held.refresh_from_db()
    assert (held.state, held.reason) == ("declined", "We know it.")


def test_an_engineer_dismisses_with_a_reason_and_nobody_is_told(world):
    held = held_mail()
    before = OutboxItem.objects.count()
    with pytest.raises(Refusal):
        held_requests.dismiss(held.pk, reason="", actor=world.asta, at=LATER)
    held_requests.dismiss(held.pk, reason="Advertising.", actor=world.asta, at=LATER)
    held.refresh_from_db()
    assert (held.state, held.decided_by_agent_id) == ("dismissed", world.asta.id)
    assert OutboxItem.objects.count() == before
