"""Who is on call, on the pages of those who are, and in their calendar programs."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dueline.models import Account, Rota, RotaLayer, RotaOverride
from dueline.queries import on_call

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def rota(world, now):
    """A week each. It changed hands three days ago, and Bo is on."""
    return world.rota(world.bo, world.asta, starts_on=(now - 17 * DAY).date())


def local(at):
    """Write an instant as a person in Stockholm types it."""
    return at.astimezone(ZoneInfo("Europe/Stockholm")).strftime("%Y-%m-%dT%H:%M")


# - who is on -


def test_without_a_rota_the_page_says_where_one_is_made(world, enter):
    page = enter(world.asta).get("/console/on-call").content.decode()
    assert "No rota yet" in page
    assert "You are not on call in the next eight weeks." in page


def test_it_says_who_is_on_and_who_is_next(world, enter, rota, now):
    page = enter(world.asta).get("/console/on-call").content.decode()
    on = on_call.agent_on_call(rota.pk, at=now)
    following = on_call.agent_on_call(rota.pk, at=now + 7 * DAY)
    assert f"<strong>{on.name}</strong>" in page
    assert f"Next: {following.name}" in page


def test_a_gap_says_nobody(world, enter, rota):
    RotaLayer.objects.update(ends_on=date(2020, 1, 1), starts_on=date(2020, 1, 1))
    pages = enter(world.asta)
    assert 'class="nobody">Nobody' in pages.get("/console/on-call").content.decode()
    drawn = pages.get(f"/console/on-call/rotas/{rota.pk}").content.decode()
    assert "is-nobody" in drawn
    assert ">nobody<" in drawn


@pytest.mark.parametrize(
    "view", ["", "?view=week", "?on=2026-03-29", "?on=nonsense", "?on=9999-12-31"]
)
def test_a_rota_is_drawn_by_month_and_week_whatever_day_is_asked_for(world, enter, rota, view):
    answer = enter(world.asta).get(f"/console/on-call/rotas/{rota.pk}{view}")
    assert answer.status_code == 200
    assert "All times are in Europe/Stockholm, the rota’s own zone." in answer.content.decode()


def test_a_rota_elsewhere_is_drawn_in_the_readers_time_and_says_its_own_zone(world, enter, rota):
    Rota.objects.update(zone="America/New_York")
    page = enter(world.asta).get(f"/console/on-call/rotas/{rota.pk}?on=2026-11-23&view=week")
    text = page.content.decode()
    assert "All times are yours (Europe/Stockholm)." in text
    assert "by the clock in America/New_York" in text
    assert "until 15:00" in text  # 09:00 in New York


def test_a_rota_out_of_use_is_for_administrators(world, enter, rota):
    Rota.objects.update(is_active=False)
    address = f"/console/on-call/rotas/{rota.pk}"
    assert enter(world.asta).get(address).status_code == 404
    assert "This rota is not in use." in enter(world.ada).get(address).content.decode()


# - taking over and swapping -


def test_what_was_typed_comes_back_with_the_reason_of_a_refusal(world, enter, rota):
    typed = {"starts_at": "2020-01-01T09:00", "ends_at": "2020-01-02T09:00", "reason": "Ill"}
    answer = enter(world.asta).post(f"/console/on-call/rotas/{rota.pk}/overrides", typed)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "This time has passed." in page
    assert 'value="2020-01-02T09:00"' in page
    assert 'value="Ill"' in page


@pytest.mark.parametrize("ends_at", ["", "late"])
def test_an_override_needs_an_end(world, enter, rota, ends_at):
    answer = enter(world.asta).post(
        f"/console/on-call/rotas/{rota.pk}/overrides", {"ends_at": ends_at}
    )
    assert answer.status_code == 400
    assert not RotaOverride.objects.exists()


def test_an_engineer_takes_over_and_takes_it_back(world, enter, rota, now):
    pages = enter(world.tove)
    address = f"/console/on-call/rotas/{rota.pk}"
    typed = {"starts_at": local(now + DAY), "ends_at": local(now + 2 * DAY), "agent": ""}
    assert pages.post(f"{address}/overrides", typed).status_code == 302
    made = RotaOverride.objects.get()
    assert on_call.agent_on_call(rota.pk, at=now + 1.5 * DAY).name == "Tove Berg"
    assert "Take back" in pages.get(address).content.decode()
    assert pages.post(f"{address}/overrides/{made.pk}/end").status_code == 302
    assert on_call.agent_on_call(rota.pk, at=now + 1.5 * DAY).name != "Tove Berg"


def test_two_shifts_of_the_page_are_swapped(world, enter, rota, now):
    pages = enter(world.bo)
    address = f"/console/on-call/rotas/{rota.pk}"
    page = pages.get(address)
    chosen = [_first_choice(page.content.decode(), name) for name in ("one", "other")]
    answer = pages.post(f"{address}/swaps", dict(zip(("one", "other"), chosen, strict=True)))
    assert answer.status_code == 302
    on = [on_call.agent_on_call(rota.pk, at=now + n * DAY).name for n in (1, 8, 15)]
    assert on == ["Asta Lind", "Bo Ström", "Bo Ström"]


def _first_choice(page, name):
    select = page.split(f'<select class="input" id="{name}"')[1].split("</select>")[0]
    return select.split('<option value="')[2].split('"')[0]


def test_a_swap_of_nothing_is_refused(world, enter, rota):
    answer = enter(world.bo).post(f"/console/on-call/rotas/{rota.pk}/swaps", {"one": "x/y"})
    assert answer.status_code == 400
    assert "Choose a shift." in answer.content.decode()


# - calendar programs -


@pytest.mark.parametrize("address", ["/on-call/rotas/nothing.ics", "/on-call/people/1/nothing.ics"])
def test_a_feed_at_another_address_is_not_found(world, rota, address):
    assert Client().get(address).status_code == 404


def test_a_calendar_program_reads_a_rota_without_signing_in(world, rota, now):
    answer = Client().get(f"/on-call/rotas/{rota.feed_secret}.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert {str(event["SUMMARY"]) for event in events} == {"Bo Ström", "Asta Lind"}
    for event in events[1:-1]:
        begins = event["DTSTART"].dt
        assert on_call.agent_on_call(rota.pk, at=begins).name == event["SUMMARY"]
        assert local(begins).endswith("T09:00")


def test_somebodys_feed_has_their_own_shifts_and_ends_when_they_leave(world, enter, rota):
    page = enter(world.asta).get("/console/on-call").content.decode()
    address = page.split('id="feed" value="http://testserver')[1].split('"')[0]
    events = icalendar.Calendar.from_ical(Client().get(address).content).walk("VEVENT")
    assert {str(event["SUMMARY"]) for event in events} == {"Asta Lind (First line)"}
    for other in (world.bo, world.tove):
        assert (
            Client().get(address.replace(f"/{world.asta.id}/", f"/{other.id}/")).status_code == 404
        )
    Account.objects.filter(agent=world.asta.id).update(is_active=False)
    assert Client().get(address).status_code == 404


def test_a_feed_of_a_rota_out_of_use_is_not_found(world, rota):
    Rota.objects.update(is_active=False)
    assert Client().get(f"/on-call/rotas/{rota.feed_secret}.ics").status_code == 404


# - settings -


def layer_form(world, rota, **more):
    rota.refresh_from_db()
    return {
        "version": rota.version,
        "turn": "days",
        "turn_length": "1",
        "starts_on": "2026-01-05",
        "handover_at": "09:00",
        "hours": "always",
        "member_1": world.tove.id,
        **more,
    }


def test_a_rota_is_made_on_the_pages(world, enter, now):
    pages = enter(world.ada)
    made = pages.post("/console/settings/rotas", {"name": "Nights", "zone": "Europe/Stockholm"})
    rota = Rota.objects.get()
    assert made["Location"] == f"/console/settings/rotas/{rota.pk}/layers"
    assert pages.get(made["Location"]).status_code == 200
    added = pages.post(made["Location"], layer_form(world, rota))
    assert added["Location"] == f"/console/settings/rotas/{rota.pk}"
    assert on_call.agent_on_call(rota.pk, at=now).name == "Tove Berg"
    assert "A day each, changing at 09:00" in pages.get(added["Location"]).content.decode()


def test_a_layer_is_looked_at_before_it_is_saved(world, enter, rota):
    address = f"/console/settings/rotas/{rota.pk}/layers"
    page = enter(world.ada).post(address, layer_form(world, rota, look="yes"))
    text = page.content.decode()
    assert page.status_code == 200
    assert "The rota as it would be" in text
    assert '<span class="bar-who">Tove Berg</span>' in text
    assert RotaLayer.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"turn_length": "0"}, "A turn is from 1 to 365 of these long."),
        ({"starts_on": ""}, "When does the first turn begin?"),
        ({"starts_on": "soon"}, "Write a day like 2026-11-23."),
        ({"handover_at": ""}, "Write a time like 09:00."),
        ({"turn": "moons"}, "Choose one of the offered."),
        ({"member_1": ""}, "Choose who has the first turn."),
        ({"hours": "week", "friday": "late"}, "are no opening hours"),
        ({"version": "0"}, "Somebody has changed the rota meanwhile."),
    ],
)
def test_a_refused_layer_comes_back_as_it_was_typed(world, enter, rota, wrong, said):
    typed = layer_form(world, rota, name="Weekends", **wrong)
    answer = enter(world.ada).post(f"/console/settings/rotas/{rota.pk}/layers", typed)
    assert answer.status_code in (400, 409)
    page = answer.content.decode()
    assert said in page
    assert 'value="Weekends"' in page
    assert RotaLayer.objects.count() == 1


def test_who_was_told_of_anothers_change_may_insist(world, enter, rota):
    address = f"/console/settings/rotas/{rota.pk}/layers"
    pages = enter(world.ada)
    typed = layer_form(world, rota)
    Rota.objects.update(version=7)
    look = pages.post(address, {**typed, "look": "yes"}).content.decode()
    assert 'name="version" value="1"' in look
    told = pages.post(address, typed).content.decode()
    assert 'name="version" value="7"' in told


def test_a_layer_shows_what_it_is_and_is_changed(world, enter, rota):
    pages = enter(world.ada)
    layer = rota.layers.get()
    address = f"/console/settings/rotas/layers/{layer.pk}"
    page = pages.get(address).content.decode()
    assert f'<option value="{world.bo.id}" selected>' in page
    week = {"hours": "week", "friday": "17:00-24:00", "saturday": "00:00-24:00"}
    assert pages.post(address, layer_form(world, rota, **week)).status_code == 302
    layer.refresh_from_db()
    assert layer.week == {"friday": ["17:00-24:00"], "saturday": ["00:00-24:00"]}
    assert layer.handover_at == time(9)
    assert "Friday 17:00–24:00" in pages.get(f"/console/settings/rotas/{rota.pk}").content.decode()


ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Test//EN
BEGIN:VEVENT
UID:1@x
SUMMARY:Tove Berg
DTSTART:{begin}
DTEND:{end}
END:VEVENT
BEGIN:VEVENT
UID:2@x
SUMMARY:Somebody <b>Else</b>
DTSTART:{end}
DTEND:{later}
END:VEVENT
END:VCALENDAR
"""


def file_of(now):
    begin, end, later = (f"{now + n * DAY:%Y%m%dT%H%M%SZ}" for n in (1, 2, 3))
    content = ICS.format(begin=begin, end=end, later=later).replace("\n", "\r\n")
    return SimpleUploadedFile("rota.ics", content.encode(), "text/calendar")


@pytest.fixture
def imported(world, rota):
    return RotaLayer.objects.create(
        rota=rota, position=2, turn="shifts", starts_on=date(2026, 1, 1), handover_at=time(0)
    )


def test_what_is_no_rota_file_is_refused_on_the_page(world, enter, imported):
    address = f"/console/settings/rotas/layers/{imported.pk}/shifts"
    pages = enter(world.ada)
    assert "Choose a file." in pages.post(address).content.decode()
    wrong = pages.post(address, {"file": SimpleUploadedFile("a.ics", b"nothing")})
    assert wrong.status_code == 400
    assert "This is not an iCalendar file" in wrong.content.decode()
    assert pages.post(address, {"shifts": "forged", "version": "1"}).status_code == 400


def test_a_file_is_looked_at_and_then_taken_over(world, enter, imported, now):
    address = f"/console/settings/rotas/layers/{imported.pk}/shifts"
    pages = enter(world.ada)
    look = pages.post(address, {"file": file_of(now)}).content.decode()
    assert imported.shifts.count() == 0
    assert "In 1 of them nobody is on" in look
    assert "Somebody &lt;b&gt;Else&lt;/b&gt;" in look
    sealed = look.split('name="shifts" value="')[1].split('"')[0]
    done = pages.post(address, {"shifts": sealed, "version": imported.rota.version})
    assert done["Location"] == f"/console/settings/rotas/{imported.rota_id}"
    assert on_call.agent_on_call(imported.rota_id, at=now + 1.5 * DAY).name == "Tove Berg"
    assert imported.shifts.filter(agent=None).get().said == "Somebody <b>Else</b>"
    again = pages.post(address, {"shifts": sealed, "version": imported.rota.version})
    assert again.status_code == 409
