"""The page on which people set their hours and who stands in for them."""

from datetime import date

from dueline.models import Agent


def test_what_cannot_be_read_comes_back_as_it_was_typed(world, enter):
    response = enter(world.asta).post(
        "/console/my-hours", {"away_from": "tomorrow", "phone": "+46 13 1"}
    )
    page = response.content.decode()
    assert response.status_code == 400
    assert "Write the day like 2026-11-23." in page
    assert 'value="+46 13 1"' in page
    assert Agent.objects.get(pk=world.asta.id).phone == ""


def test_a_calendar_and_a_deputy_that_are_none_are_refused(world, enter):
    client = enter(world.asta)
    for field in ("working_hours", "deputy"):
        for value in ("404", "x"):
            assert client.post("/console/my-hours", {field: value}).status_code == 400


def test_one_sets_ones_own_hours_and_sees_them_again(world, enter):
    client = enter(world.asta)
    client.post(
        "/console/my-hours",
        {
            "working_hours": str(world.desk.calendar_id),
            "away_from": "2026-12-01",
            "away_until": "2026-12-24",
            "deputy": str(world.bo.id),
            "phone": "+46 13 1",
            "extension": "17",
        },
    )
    agent = Agent.objects.get(pk=world.asta.id)
    assert (agent.working_hours_id, agent.deputy_id) == (world.desk.calendar_id, world.bo.id)
    assert (agent.away_from, agent.away_until) == (date(2026, 12, 1), date(2026, 12, 24))
    page = client.get("/console/my-hours").content.decode()
    for value in ("2026-12-01", "2026-12-24", "+46 13 1", 'value="17"'):
        assert value in page


def test_an_administrator_sets_the_hours_of_anybody_and_nobody_else_does(world, enter):
    address = f"/console/settings/people/{world.bo.id}/hours"
    assert enter(world.asta).post(address, {"extension": "18"}).status_code == 404
    assert enter(world.ada).post(address, {"extension": "18"}).status_code == 302
    assert enter(world.ada).get("/console/settings/people/404/hours").status_code == 404
    assert Agent.objects.get(pk=world.bo.id).extension == "18"
