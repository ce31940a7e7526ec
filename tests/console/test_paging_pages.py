"""Pages in the console: the strip on a case, acknowledging, and the chains of the settings."""

from datetime import timedelta

import pytest

from dueline.actions import cases, paging
from dueline.core.events import Kind
from dueline.models import AuditEntry, Desk, Paging, PagingChain
from tests.chains import chain, page, reachable, weekly

pytestmark = pytest.mark.django_db

ADDRESS = "/console/settings/paging"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def critical(world, now):
    """A Critical case about which Bo has been paged; Asta is next."""
    chain(page(world.bo), page(world.asta))
    case = world.case(priority="critical", at=now)
    paging.take_steps(at=now)
    return case


def typed(**more: str) -> dict[str, str]:
    return {"name": "Night", "rounds": "2", "whom-1": "everyone", "wait-1": "5", **more}


# --- the case -----------------------------------------------------------------------------------


def test_a_case_says_who_was_paged_and_who_is_next(critical, enter, world):
    text = enter(world.asta).get(f"/console/cases/{critical.number}").content.decode()
    assert "nobody has acknowledged yet" in text
    assert "Paged so far: Bo Ström." in text
    assert "The case is Critical: people are paged, by the chain “Night”." in text


def test_a_case_that_wakes_nobody_says_nothing_of_pages(enter, world, now):
    case = world.case(at=now)
    assert 'class="paging' not in enter(world.asta).get(f"/console/cases/{case.number}").text


def test_no_address_acknowledges_by_being_looked_at(critical, enter, world):
    row = Paging.objects.get()
    assert enter(world.asta).get(f"/console/pagings/{row.pk}/acknowledgement").status_code == 405
    row.refresh_from_db()
    assert row.state == "running"


def test_one_button_acknowledges_and_leads_to_the_case(critical, enter, world):
    row = Paging.objects.get()
    answer = enter(world.asta).post(f"/console/pagings/{row.pk}/acknowledgement", follow=True)
    assert answer.redirect_chain == [(f"/console/cases/{critical.number}", 302)]
    assert "Asta Lind acknowledged at" in answer.content.decode()
    assert critical.events.get(kind=Kind.PAGE_ACKNOWLEDGED).agent_id == world.asta.id


def test_who_was_too_slow_is_told_who_was_quicker(critical, enter, world, now):
    row = Paging.objects.get()
    paging.acknowledge(row.pk, agent=world.bo, way="console", at=now)
    answer = enter(world.asta).post(f"/console/pagings/{row.pk}/acknowledgement", follow=True)
    assert "Bo Ström has acknowledged already." in answer.content.decode()


def test_nothing_of_it_reaches_the_customer(critical, enter, world, now):
    paging.acknowledge(Paging.objects.get().pk, agent=world.bo, way="console", at=now)
    shown = enter(world.cleo).get(f"/cases/{critical.number}").content.decode()
    assert critical.number in shown
    for word in ("paged", "acknowledged the page", "Night", "Bo Ström", "woken"):
        assert word not in shown


def test_who_is_on_call_sees_what_is_under_way_and_what_ended_is_gone(critical, enter, world, now):
    asta = enter(world.asta)
    text = asta.get("/console/on-call").content.decode()
    assert critical.number in text
    assert f"/console/pagings/{Paging.objects.get().pk}/acknowledgement" in text
    cases.close(critical.pk, actor=world.cleo, at=now)
    assert critical.number not in asta.get("/console/on-call").content.decode()


def test_who_is_on_call_is_told_that_nobody_would_be_woken(enter, world):
    assert "a Critical case wakes nobody" in enter(world.asta).get("/console/on-call").text
    chain(page(world.bo))
    assert "a Critical case wakes nobody" not in enter(world.asta).get("/console/on-call").text


# --- the chains ---------------------------------------------------------------------------------


def test_only_administrators_find_the_chains(enter, world):
    made = chain(page(world.bo))
    asta = enter(world.asta)
    assert asta.get(ADDRESS).status_code == 404
    assert asta.post(f"{ADDRESS}/{made.pk}/removal").status_code == 404
    assert asta.post(f"{ADDRESS}/choice", {"critical": ""}).status_code == 404
    assert Desk.objects.get().critical_chain_id == made.pk


def test_a_desk_without_a_chain_is_told_that_nobody_is_paged(enter, world):
    text = enter(world.ada).get(ADDRESS).content.decode()
    assert "Nobody is paged." in text
    assert "a Critical case wakes nobody" in text


def test_a_desk_whose_people_cannot_be_reached_is_told(enter, world):
    chain(page(world.bo))
    assert "Nobody has said how they are woken." in enter(world.ada).get(ADDRESS).text
    reachable(world.bo)
    assert "Nobody has said how they are woken." not in enter(world.ada).get(ADDRESS).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"whom-1": ""},
        {"name": " "},
        {"rounds": "0"},
        {"rounds": "eleven"},
        {"wait-1": "0"},
        {"wait-1": "999"},
        {"whom-1": "agent:404"},
        {"whom-1": "rota:1"},
        {"whom-1": "everybody"},
    ],
)
def test_a_chain_that_wakes_nobody_or_never_ends_is_refused(enter, world, wrong):
    answer = enter(world.ada).post(ADDRESS, typed(**wrong))
    assert answer.status_code == 400
    assert "Please look at this again" in answer.content.decode()
    assert not PagingChain.objects.exists()


def test_two_chains_of_one_name_are_refused(enter, world):
    chain(page(world.bo))
    assert enter(world.ada).post(ADDRESS, typed()).status_code == 400


def test_a_chain_is_added_and_chosen(enter, world):
    ada = enter(world.ada)
    steps = {"whom-2": "", "whom-3": f"agent:{world.bo.id}", "wait-3": "15"}
    ada.post(ADDRESS, typed(**steps, outside_hours_only="yes"))
    made = PagingChain.objects.get()
    rows = made.steps.order_by("position").values_list("position", "whom", "agent", "wait_minutes")
    assert list(rows) == [(1, "everyone", None, 5), (2, "agent", world.bo.id, 15)]
    assert (made.rounds, made.outside_hours_only) == (2, True)
    ada.post(f"{ADDRESS}/choice", {"critical": made.pk, "watch": ""})
    assert Desk.objects.get().critical_chain == made
    kinds = list(AuditEntry.objects.order_by("id").values_list("what", flat=True))
    assert kinds == ["paging_chain", "paging"]


def test_a_page_shows_whom_a_chain_would_wake(enter, world):
    made = chain(page(world.bo), page(world.asta), rounds=3)
    text = enter(world.ada).get(f"{ADDRESS}/{made.pk}").content.decode()
    shown = text[text.index('class="coming"') :]
    assert shown.index("Bo Ström") < shown.index("Asta Lind")
    assert "It is gone through 3 times, which takes 30 min." in text


def test_whom_a_rota_would_wake_is_said_by_name(enter, world, now):
    made = chain(
        {"whom": "rota", "rota": weekly(world.bo), "wait_minutes": 5},
        {"whom": "rota", "rota": weekly(name="Weekend"), "wait_minutes": 5},
    )
    text = enter(world.ada).get(f"{ADDRESS}/{made.pk}").content.decode()
    assert "Bo Ström, on call in “Night”" in text
    assert "nobody: no one is on call in “Weekend” then" in text


def test_a_chain_is_changed_and_who_was_slower_is_told(enter, world):
    made, ada = chain(page(world.bo)), enter(world.ada)
    ada.post(f"{ADDRESS}/{made.pk}", typed(name="Nights", version="1"))
    made.refresh_from_db()
    assert (made.name, made.version, made.steps.get().whom) == ("Nights", 2, "everyone")
    answer = ada.post(f"{ADDRESS}/{made.pk}", typed(name="Weekends", version="1"))
    assert answer.status_code == 409
    assert "Somebody else changed this chain" in answer.content.decode()
    assert 'value="Weekends"' in answer.content.decode()  # nothing typed is lost


def test_a_chain_in_use_stays_and_another_can_go(enter, world):
    made, ada = chain(page(world.bo)), enter(world.ada)
    assert ada.post(f"{ADDRESS}/{made.pk}/removal").status_code == 400
    ada.post(f"{ADDRESS}/choice", {"critical": "", "watch": ""})
    ada.post(f"{ADDRESS}/{made.pk}/removal")
    assert ada.get(f"{ADDRESS}/{made.pk}").status_code == 404
    ada.post(ADDRESS, typed())  # its name is free again
    assert PagingChain.objects.filter(name="Night").count() == 1
