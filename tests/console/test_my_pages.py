"""How each agent is woken: whose ways one may change, what is shown of them, and the trial."""

from datetime import date, time

import pytest

from dueline.console.views import page_destinations
from dueline.models import (
    AuditEntry,
    OutboxItem,
    PageDestination,
    Rota,
    RotaLayer,
    RotaMember,
)
from dueline.outlets.paging import Told
from dueline.queries.pages import failing_agents, unreachable_agents
from tests.pages import reach

OWN = "/console/my-pages"
NTFY = {"service": "ntfy", "topic": "hush-hush-topic", "server": "", "token": "", "label": "Mine"}


def ways(person) -> list[str]:
    rows = PageDestination.objects.filter(agent_id=person.id).order_by("position")
    return list(rows.values_list("label", flat=True))


@pytest.fixture
def way(world):
    reach(world.bo.id, "ntfys://ntfy.sh/hush-hush-topic", label="my telephone")
    return PageDestination.objects.get()


@pytest.fixture
def told(monkeypatch):
    """What the service will say; and how it was asked."""
    asked = {"says": Told(True, "The service took it.")}

    def send(address, **how):
        asked.update(address=address, **how)
        return asked["says"]

    monkeypatch.setattr(page_destinations, "send_to", send)
    return asked


ACTS = ["trial", "arrival", "order", "activity", "removal"]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["asta", "tove", "cleo"])
def test_nobody_else_touches_somebody_s_ways(world, enter, way, told, act, who):
    answer = enter(getattr(world, who)).post(f"/console/page-ways/{way.pk}/{act}")
    assert answer.status_code == 404
    assert PageDestination.objects.filter(is_active=True, confirmed_at=None).exists()
    assert "address" not in told


def test_only_administrators_see_the_ways_of_others(world, enter, way):
    address = f"/console/settings/people/{world.bo.id}/pages"
    assert enter(world.asta).get(address).status_code == 404
    assert "my telephone" in enter(world.ada).get(address).content.decode()
    assert enter(world.ada).get("/console/settings/people/999/pages").status_code == 404


def test_without_a_way_the_page_says_what_would_happen(world, enter):
    text = enter(world.bo).get(OWN).content.decode()
    assert "There is no way yet. A page would go to bo@desk.example" in text


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"service": "pigeon"}, "Choose a service."),
        ({**NTFY, "topic": ""}, "Fill this in."),
        ({"service": "mail", "mail": "nowhere"}, "Write an e-mail address."),
        ({**NTFY, "label": "x" * 101}, "This name is too long."),
    ],
)
def test_what_cannot_be_added_is_said_at_its_field(world, enter, typed, error):
    answer = enter(world.bo).post(OWN, typed)
    assert answer.status_code == 400
    assert error in answer.content.decode()
    assert ways(world.bo) == []


def test_a_key_that_was_typed_is_never_shown_again(world, enter):
    client = enter(world.bo)
    assert client.post(OWN, NTFY).status_code == 302
    assert ways(world.bo) == ["Mine"]
    page = client.get(OWN).content.decode()
    wrong = client.post(OWN, {**NTFY, "server": "ftp://x"}).content.decode()
    audit = str(AuditEntry.objects.values_list("facts", flat=True))
    for text in (page, wrong, audit):
        assert "hush-hush-topic" not in text
    assert "ntfy" in page


def test_what_an_engineer_adds_may_not_lead_into_the_house_and_an_administrator_s_may(world, enter):
    enter(world.bo).post(OWN, NTFY)
    enter(world.ada).post(f"/console/settings/people/{world.bo.id}/pages", NTFY)
    allowed = PageDestination.objects.order_by("id").values_list("may_stay_inside", flat=True)
    assert list(allowed) == [False, True]


def test_ten_ways_are_enough(world, enter):
    client = enter(world.bo)
    for _ in range(10):
        client.post(OWN, NTFY)
    answer = client.post(OWN, NTFY)
    assert "Ten ways are enough" in answer.content.decode()


def test_the_ways_are_put_in_order_paused_and_removed(world, enter):
    client = enter(world.bo)
    for label in ("one", "two", "three"):
        client.post(OWN, {**NTFY, "label": label})
    third = PageDestination.objects.get(label="three").pk
    client.post(f"/console/page-ways/{third}/order")
    assert ways(world.bo) == ["one", "three", "two"]
    client.post(f"/console/page-ways/{third}/activity", {"is_active": "no"})
    assert not PageDestination.objects.get(pk=third).is_active
    assert "Paused: it is not tried." in client.get(OWN).content.decode()
    client.post(f"/console/page-ways/{third}/activity", {"is_active": "yes"})
    assert PageDestination.objects.get(pk=third).is_active
    client.post(f"/console/page-ways/{third}/removal")
    assert ways(world.bo) == ["one", "two"]


def test_a_test_page_that_fails_is_said_in_words(world, enter, way, told):
    told["says"] = Told(False, "The service cannot be reached.")
    client = enter(world.bo)
    page = client.post(f"/console/page-ways/{way.pk}/trial", follow=True).content.decode()
    assert "my telephone: The service cannot be reached." in page
    assert "Fails since" in page
    assert "It arrived" not in page
    way.refresh_from_db()
    assert way.failing_since is not None


def test_a_test_page_that_was_taken_asks_whether_it_arrived(world, enter, way, told):
    client = enter(world.bo)
    page = client.post(f"/console/page-ways/{way.pk}/trial", follow=True).content.decode()
    assert told["address"] == "ntfys://ntfy.sh/hush-hush-topic"
    assert told["title"] == "Test page from Harbour Support"
    assert "Did it arrive?" in page
    assert unreachable_agents() == []  # nobody is on a rota
    page = client.post(f"/console/page-ways/{way.pk}/arrival", follow=True).content.decode()
    assert "Good: this way wakes you." in page
    way.refresh_from_db()
    assert way.confirmed_at is not None


def test_nobody_says_that_something_arrived_which_was_never_sent(world, enter, way):
    client = enter(world.bo)
    client.post(f"/console/page-ways/{way.pk}/arrival", follow=True)
    way.refresh_from_db()
    assert way.confirmed_at is None


def test_an_administrator_cannot_say_that_it_woke_somebody_else(world, enter, way, told):
    client = enter(world.ada)
    client.post(f"/console/page-ways/{way.pk}/trial")
    client.post(f"/console/page-ways/{way.pk}/arrival")
    way.refresh_from_db()
    assert (way.last_success_at is not None, way.confirmed_at) == (True, None)


def test_test_pages_are_rationed(world, enter, way, told):
    client = enter(world.bo)
    for _ in range(10):
        client.post(f"/console/page-ways/{way.pk}/trial")
    del told["address"]
    page = client.post(f"/console/page-ways/{way.pk}/trial", follow=True).content.decode()
    assert "Wait ten minutes" in page
    assert "address" not in told


def test_a_test_page_by_mail_goes_through_the_outbox(world, enter):
    client = enter(world.bo)
    client.post(OWN, {"service": "mail", "mail": "bo@home.example"})
    way = PageDestination.objects.get()
    page = client.post(f"/console/page-ways/{way.pk}/trial", follow=True).content.decode()
    item = OutboxItem.objects.get(purpose="page")
    assert enter(world.asta).get(f"/console/outbox/{item.pk}").status_code == 404
    assert (item.to_address, item.case_id) == ("bo@home.example", None)
    assert "The test page is in the outbox." in page


def test_who_is_on_a_rota_without_a_proven_way_is_known(world, enter, now):
    rota = Rota.objects.create(
        name="Nights", zone="Europe/Stockholm", feed_secret="x", created_at=now
    )
    layer = RotaLayer.objects.create(
        rota=rota, position=1, starts_on=date(2026, 11, 1), handover_at=time(9)
    )
    for position, person in enumerate((world.asta, world.bo), 1):
        RotaMember.objects.create(layer=layer, position=position, agent_id=person.id)
    reach(world.asta.id, "json://x.example")
    reach(world.bo.id, "json://x.example")
    PageDestination.objects.filter(agent_id=world.bo.id).update(confirmed_at=now)
    assert [agent.name for agent in unreachable_agents()] == ["Asta Lind"]
    page = enter(world.ada).get("/console/settings/people").content.decode()
    assert "On call, and not known to be woken: Asta Lind." in page
    page = enter(world.asta).get("/console/on-call").content.decode()
    assert "On call, and not known to be woken: Asta Lind." in page


def test_whom_no_page_reaches_for_now_is_known(world, enter, now):
    reach(world.bo.id, "json://x.example")
    reach(world.bo.id, "json://y.example")
    PageDestination.objects.update(failing_since=now)
    assert [agent.name for agent in failing_agents()] == ["Bo Ström"]
    page = enter(world.ada).get("/console/settings/people").content.decode()
    assert "No page reaches Bo Ström." in page
    PageDestination.objects.filter(position=2).update(failing_since=None)
    assert failing_agents() == []
