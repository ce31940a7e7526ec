"""A company's own super-users keep the list of its people; every change is on record and told."""

import inspect
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from dueline.actions import accounts, colleagues, installations, messages, watchers
from dueline.actions.contacts import put_on_list
from dueline.core.errors import Refusal
from dueline.models import (
    Account,
    Contact,
    ContactChange,
    Contract,
    Installation,
    Organization,
    OutboxItem,
    SignInLink,
)
from dueline.queries.cases import visible_to
from dueline.wording.contact_changes import Changed, say_change
from tests.world import MONDAY

TODAY = date(2026, 11, 23)
NORA = {
    "name": "Nora Ny",
    "email": "Nora@northwind.example",
    "phone": "+47 1",
    "sees_company": False,
}
DAG = {
    "name": "Dag Ek",
    "phone": "+46709876543",
    "sees_company": False,
    "is_escalation_contact": False,
}


def every_act(world, contact_id):
    """Each act on the list of Northwind, as `act(actor)`."""
    at = {"at": MONDAY}
    return [
        lambda who: colleagues.add_colleague(**NORA, actor=who, **at),
        lambda who: colleagues.change_colleague(contact_id, **DAG, actor=who, **at),
        lambda who: colleagues.make_super_user(
            contact_id, starts_on=None, ends_on=None, actor=who, **at
        ),
        lambda who: colleagues.end_super_user(contact_id, actor=who, **at),
        lambda who: colleagues.mark_left(contact_id, actor=who, **at),
        lambda who: colleagues.confirm_list(actor=who, **at),
    ]


def stored():
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (Contact, Account, Organization, ContactChange, OutboxItem)
    ]


def told():
    return [mail.text for mail in OutboxItem.objects.filter(to_address="ada@desk.example")]


def changes():
    return list(ContactChange.objects.order_by("id").values_list("what", "contact__name"))


# --- who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["dag", "asta", "ada"])
def test_i57_nobody_but_a_super_user_keeps_the_list(world, who):
    before = stored()
    for act in every_act(world, world.dag.id):
        with pytest.raises(Refusal) as refused:
            act(getattr(world, who))
        assert refused.value.code == "not-found"
    assert stored() == before


def test_i58_a_super_user_of_another_company_finds_nobody_of_this_one(world):
    """Eve acts on Dag and Cleo: alike for somebody who is there and somebody who is not."""
    before = stored()
    for contact_id in (world.dag.id, world.cleo.id, 987_654):
        for act in every_act(world, contact_id)[1:5]:
            with pytest.raises(Refusal) as refused:
                act(world.eve)
            assert refused.value.code == "not-found"
    assert stored() == before


def test_i58_the_fields_of_a_colleague_are_a_closed_list():
    """Whoever adds one here has asked whether a customer may set it for a colleague."""
    fields = set(inspect.signature(colleagues.change_colleague).parameters)
    assert fields == {
        "contact_id",
        "name",
        "phone",
        "sees_company",
        "is_escalation_contact",
        "actor",
        "at",
    }
    fields = set(inspect.signature(colleagues.add_colleague).parameters)
    assert fields == {"name", "email", "phone", "sees_company", "actor", "at"}


def test_a_super_user_whose_days_are_over_keeps_nothing(world):
    cleo = world.contact(world.cleo)
    cleo.super_until = TODAY - timedelta(days=1)
    with pytest.raises(Refusal):
        colleagues.confirm_list(actor=cleo.as_person(on=TODAY), at=MONDAY)


# --- adding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed"),
    [("name", " "), ("email", "nora"), ("phone", "1" * 41), ("email", "eve@southgate.example")],
)
def test_a_colleague_with_something_wrong_is_not_added(world, field, typed):
    before = stored()
    with pytest.raises(Refusal) as refused:
        colleagues.add_colleague(**{**NORA, field: typed}, actor=world.cleo, at=MONDAY)
    assert refused.value.code == field
    assert stored() == before


def test_a_colleague_is_added_confirmed_and_the_desk_is_told(world):
    colleagues.add_colleague(**NORA, actor=world.cleo, at=MONDAY)
    nora = Contact.objects.get(email="nora@northwind.example")
    assert (nora.organization_id, nora.is_super_user) == (world.northwind.pk, False)
    assert nora.confirmed_until == TODAY + timedelta(days=91)
    assert changes() == [("added", "Nora Ny")]
    assert "Cleo Dahl added Nora Ny." in told()[0]
    assert "Northwind" in told()[0]


def test_who_wrote_before_and_belonged_nowhere_is_taken_in(world):
    stranger = Contact.objects.create(
        name="nora", email="nora@northwind.example", created_at=MONDAY
    )
    colleagues.add_colleague(**NORA, actor=world.cleo, at=MONDAY)
    stranger.refresh_from_db()
    assert stranger.organization_id == world.northwind.pk


def test_managers_and_administrators_are_told_and_nobody_else(world):
    colleagues.add_colleague(**NORA, actor=world.cleo, at=MONDAY)
    assert set(OutboxItem.objects.values_list("to_address", flat=True)) == {"ada@desk.example"}


# --- super-users ---------------------------------------------------------------------------------


def test_a_super_user_beyond_the_seats_is_refused_with_the_reason(world):
    Contract.objects.filter(organization=world.northwind).update(seats=1)
    with pytest.raises(Refusal) as refused:
        colleagues.make_super_user(
            world.dag.id, starts_on=None, ends_on=None, actor=world.cleo, at=MONDAY
        )
    assert refused.value.code == "is_super_user"
    assert "1 seats" in refused.value.text
    assert not Contact.objects.get(pk=world.dag.id).is_super_user


def test_a_seat_that_is_taken_from_a_later_day_on_is_taken(world):
    Contract.objects.filter(organization=world.northwind).update(seats=2)
    later = TODAY + timedelta(days=30)
    colleagues.make_super_user(
        world.dag.id, starts_on=later, ends_on=None, actor=world.cleo, at=MONDAY
    )
    nora = colleagues.add_colleague(**NORA, actor=world.cleo, at=MONDAY)
    with pytest.raises(Refusal):
        colleagues.make_super_user(
            nora.pk, starts_on=None, ends_on=None, actor=world.cleo, at=MONDAY
        )


def test_a_super_user_for_a_time_sees_the_company_just_then(world):
    world.case(by=world.cleo)
    colleagues.make_super_user(
        world.dag.id,
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=7),
        actor=world.cleo,
        at=MONDAY,
    )
    dag = Contact.objects.get(pk=world.dag.id)

    def seen(day) -> int:
        return visible_to(dag.as_person(on=day)).count()

    assert [seen(TODAY + timedelta(days=n)) for n in (-1, 0, 7, 8)] == [0, 1, 1, 0]
    assert "From 2026-11-23 to 2026-11-30." in told()[0]


@pytest.mark.parametrize(
    ("starts_on", "ends_on"), [(TODAY, TODAY - timedelta(days=1)), (None, date(2026, 1, 1))]
)
def test_days_that_make_no_sense_are_refused(world, starts_on, ends_on):
    with pytest.raises(Refusal) as refused:
        colleagues.make_super_user(
            world.dag.id, starts_on=starts_on, ends_on=ends_on, actor=world.cleo, at=MONDAY
        )
    assert refused.value.code == "super_until"


@pytest.mark.parametrize("act", [colleagues.end_super_user, colleagues.mark_left])
def test_the_last_super_user_stays_until_somebody_says_that_they_mean_it(world, act):
    before = stored()
    with pytest.raises(Refusal) as refused:
        act(world.cleo.id, actor=world.cleo, at=MONDAY)
    assert refused.value.code == "last-super-user"
    assert stored() == before
    act(world.cleo.id, actor=world.cleo, at=MONDAY, even_the_last=True)
    assert not Contact.objects.get(pk=world.cleo.id).listed.is_super_user_on(TODAY)


def test_one_of_two_super_users_goes_without_further_words(world):
    colleagues.make_super_user(
        world.dag.id, starts_on=None, ends_on=None, actor=world.cleo, at=MONDAY
    )
    colleagues.end_super_user(world.cleo.id, actor=world.cleo, at=MONDAY)
    assert changes() == [("super-user", "Dag Ek"), ("no-super-user", "Cleo Dahl")]


# --- leaving -------------------------------------------------------------------------------------


def test_who_has_left_gets_in_no_more_and_the_cases_stay(world):
    case = world.case(by=world.dag)
    colleagues.mark_left(world.dag.id, actor=world.cleo, at=MONDAY)
    dag = Contact.objects.select_related("account").get(pk=world.dag.id)
    assert dag.left_at == MONDAY
    assert not dag.account.is_active
    assert visible_to(world.cleo).filter(pk=case.pk, contact=dag).exists()
    accounts.mail_sign_in_link(email=dag.email, computer="10.0.0.1", then="", at=MONDAY)
    assert not SignInLink.objects.exists()
    assert not OutboxItem.objects.filter(to_address=dag.email, purpose="sign_in").exists()


def test_who_has_left_and_never_signed_in_gets_no_link_either(world):
    nora = colleagues.add_colleague(**NORA, actor=world.cleo, at=MONDAY)
    colleagues.mark_left(nora.pk, actor=world.cleo, at=MONDAY)
    accounts.mail_sign_in_link(email=nora.email, computer="10.0.0.1", then="", at=MONDAY)
    assert not SignInLink.objects.exists()
    assert not Account.objects.filter(email=nora.email).exists()


def test_who_comes_back_is_on_the_list_again_without_the_old_rights(world):
    colleagues.make_super_user(
        world.dag.id, starts_on=None, ends_on=None, actor=world.cleo, at=MONDAY
    )
    colleagues.mark_left(world.dag.id, actor=world.cleo, at=MONDAY)
    again = {**NORA, "name": "Dag Ek", "email": world.dag.email}
    colleagues.add_colleague(**again, actor=world.cleo, at=MONDAY)
    dag = Contact.objects.select_related("account").get(pk=world.dag.id)
    assert (dag.left_at, dag.is_super_user) == (None, False)
    assert dag.account.is_active
    assert changes()[-1] == ("returned", "Dag Ek")


# --- confirming ----------------------------------------------------------------------------------


def test_one_word_confirms_everybody_who_is_there(world):
    colleagues.mark_left(world.dag.id, actor=world.cleo, at=MONDAY)
    colleagues.confirm_list(actor=world.cleo, at=MONDAY)
    until = TODAY + timedelta(days=91)
    assert Contact.objects.get(pk=world.cleo.id).confirmed_until == until
    assert Contact.objects.get(pk=world.dag.id).confirmed_until is None
    assert Contact.objects.get(pk=world.eve.id).confirmed_until is None
    world.northwind.refresh_from_db()
    assert world.northwind.confirmed_at == MONDAY
    assert "Cleo Dahl confirmed the list." in told()[-1]


def test_whom_the_desk_adds_never_expires_before_the_first_confirmation(world):
    nora = Contact(name="Nora", email="nora@northwind.example", created_at=MONDAY)
    put_on_list(nora, organization_id=world.northwind.pk, by=world.ada, at=MONDAY)
    assert not nora.listed.is_expired_on(TODAY + timedelta(days=10_000))


# --- the record ----------------------------------------------------------------------------------


def test_what_was_changed_cannot_be_rewritten(world):
    colleagues.confirm_list(actor=world.cleo, at=MONDAY)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ContactChange.objects.update(what="added")
    assert ContactChange.objects.get().what == "confirmed"


def test_a_change_that_changes_nothing_is_neither_on_record_nor_told(world):
    colleagues.change_colleague(world.dag.id, **DAG, actor=world.cleo, at=MONDAY)
    assert changes() == []
    assert told() == []


def test_every_kind_of_change_is_said_in_a_sentence(world):
    colleagues.change_colleague(
        world.dag.id,
        **{**DAG, "phone": "1", "sees_company": True, "is_escalation_contact": True},
        actor=world.cleo,
        at=MONDAY,
    )
    assert [what for what, _ in changes()] == ["changed", "sees-company", "escalation"]
    for what, name in changes():
        assert "Cleo Dahl" in say_change(Changed(what, "Cleo Dahl", name, {}))


# --- installations -------------------------------------------------------------------------------


def test_a_super_user_keeps_the_installations_of_the_own_company_alone(world):
    said = {"product": "Warehouse", "version": "6.2", "environment": "production"}
    with pytest.raises(Refusal) as refused:
        installations.add_installation(world.northwind.pk, **said, actor=world.eve, at=MONDAY)
    assert refused.value.code == "not-found"
    one = installations.add_installation(world.northwind.pk, **said, actor=world.cleo, at=MONDAY)
    for who, company in ((world.eve, world.southgate), (world.dag, world.northwind)):
        with pytest.raises(Refusal):
            installations.remove_installation(
                one.pk, organization_id=company.pk, actor=who, at=MONDAY
            )
    assert Installation.objects.count() == 1


def test_a_case_is_about_the_only_installation_and_keeps_that(world):
    one = installations.add_installation(
        world.northwind.pk,
        product="Warehouse",
        version="6.2",
        environment="production",
        actor=world.cleo,
        at=MONDAY,
    )
    case = world.case()
    assert (case.product, case.product_version, case.environment) == (
        "Warehouse",
        "6.2",
        "production",
    )
    assert case.events.get(kind="opened").facts["product"] == "Warehouse"
    installations.remove_installation(
        one.pk, organization_id=world.northwind.pk, actor=world.cleo, at=MONDAY
    )
    case.refresh_from_db()
    assert case.product == "Warehouse"


def test_of_several_installations_none_is_guessed(world):
    for product in ("Warehouse", "Till"):
        installations.add_installation(
            world.northwind.pk,
            product=product,
            version="",
            environment="",
            actor=world.cleo,
            at=MONDAY,
        )
    assert world.case().product == ""
    assert world.case(by=world.eve).product == ""


# --- what is written to somebody who has left ----------------------------------------------------


def test_who_has_left_hears_nothing_more_of_a_case_and_a_super_user_does(world):
    case = world.case(by=world.dag, acknowledge=False)
    colleagues.mark_left(world.dag.id, actor=world.cleo, at=MONDAY)
    messages.reply(case.pk, text="It is the cache.", actor=world.asta, at=MONDAY)
    replies = OutboxItem.objects.filter(purpose="reply")
    assert [mail.to_address for mail in replies] == [world.cleo.email]


def test_who_has_left_is_let_into_no_case_as_a_watcher(world):
    case = world.case()
    colleagues.mark_left(world.dag.id, actor=world.cleo, at=MONDAY)
    with pytest.raises(Refusal):
        watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.asta, at=MONDAY)


def test_a_watcher_who_has_left_hears_nothing_more(world):
    case = world.case()
    watchers.let_contact_watch(case.pk, contact_id=world.dag.id, actor=world.asta, at=MONDAY)
    colleagues.mark_left(world.dag.id, actor=world.cleo, at=MONDAY)
    messages.reply(case.pk, text="It is the cache.", actor=world.asta, at=MONDAY)
    replies = OutboxItem.objects.filter(purpose="reply")
    assert [mail.to_address for mail in replies] == [world.cleo.email]
