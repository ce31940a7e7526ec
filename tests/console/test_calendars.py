"""Settings → Calendars: the list, the year drawn, the draft, the laboratory."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dueline.actions import calendar_drafts as drafts
from dueline.cli.main import main
from dueline.core.calendars import parse_calendar
from dueline.models import Calendar, CalendarDraft, CalendarVersion
from tests.world import OFFICE, World

LIST = "/console/settings/calendars"
LABORATORY = "/console/settings/laboratory"
WEEK = {
    "monday": "08:00-12:00, 13:00-17:00",
    "tuesday": "08:00-17:00",
    "friday": "21:00-02:00",
    "zone": "Europe/Stockholm",
}


@pytest.fixture
def ada(world: World, enter) -> Client:
    return enter(world.ada)


@pytest.fixture
def page(world: World) -> str:
    return f"{LIST}/{world.desk.calendar_id}"


def body(answer) -> str:
    return answer.content.decode()


def text_of(answer) -> str:
    """The words of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", body(answer)).split())


# - the list -


def test_the_old_address_of_the_office_hours_leads_to_their_calendar(ada, page):
    assert ada.get("/console/settings/hours")["Location"] == page


def test_the_list_names_each_calendar_and_who_counts_by_it(world, ada, page):
    said = text_of(ada.get(LIST))
    assert "Office hours Europe/Stockholm" in said
    assert "The desk’s office hours · 2 contracts · 0 cells of the policy" in said


def test_a_calendar_is_added_by_name_or_by_file(ada):
    assert ada.post(LIST, {"name": "", "zone": "UTC"}).status_code == 400
    assert ada.post(LIST, {"name": "Office hours", "zone": "UTC"}).status_code == 400
    added = ada.post(LIST, {"name": "Helsinki", "zone": "Europe/Helsinki"})
    assert "Helsinki, " not in body(ada.get(LIST))
    assert "Europe/Helsinki" in body(ada.get(added["Location"]))
    file = SimpleUploadedFile("oslo.toml", OFFICE.replace("Office hours", "Oslo").encode())
    ada.post(LIST, {"name": "", "zone": "UTC", "text": file})
    assert Calendar.objects.filter(name="Oslo").exists()


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"name = ", b"[week]\nmonday = []", b"x" * 500_001]
)
def test_a_file_that_is_no_calendar_is_refused_on_the_page(ada, content):
    answer = ada.post(LIST, {"text": SimpleUploadedFile("x.toml", content)})
    assert answer.status_code == 400
    assert "Please look at this again" in body(answer)
    assert Calendar.objects.count() == 1


# - the year -


def test_every_day_of_the_year_is_a_cell_that_says_what_it_is(ada, page):
    drawn = body(ada.get(f"{page}?year=2026"))
    days = re.findall(r'<td class="day is-([\w-]+)', drawn)
    assert len(days) == 365
    # 104 days of weekends, and three closures of the fixture that are no weekend.
    assert (days.count("closed"), days.count("closure"), days.count("open")) == (104, 3, 258)
    assert len(re.findall(r'<table class="month">', drawn)) == 12
    assert "Thursday 24 December 2026: closed (Christmas Eve)" in drawn
    assert 'title="Tuesday 24 November 2026: open 08:00–17:00"' in drawn


def test_a_leap_year_and_week_53_are_drawn(ada, page):
    assert body(ada.get(f"{page}?year=2024")).count('<td class="day is-') == 366
    drawn = body(ada.get(f"{page}?year=2026"))
    weeks = re.findall(r'class="week-number">(\d+)</th>', drawn)
    assert weeks[-1] == "53"
    january = body(ada.get(f"{page}?year=2027"))
    assert re.findall(r'class="week-number">(\d+)</th>', january)[0] == "53"


@pytest.mark.parametrize("year", ["1", "abcd", "99999", "-2026", "२०२६", "9999", "0000"])
def test_a_year_that_cannot_be_drawn_is_replaced_by_one_that_can(ada, page, year):
    assert ada.get(page, {"year": year}).status_code == 200


# - the draft -


def test_looking_at_a_draft_begins_none(ada, page):
    assert "Nothing is changed yet" in body(ada.get(f"{page}/draft"))
    assert not CalendarDraft.objects.exists()


def test_hours_that_cannot_be_read_are_refused_beside_their_day(ada, page):
    answer = ada.post(f"{page}/draft", {**WEEK, "tuesday": "8 to 5"})
    assert answer.status_code == 400
    assert 'id="tuesday-error"' in body(answer)
    assert 'value="8 to 5"' in body(answer)
    assert not CalendarDraft.objects.exists()


def test_a_draft_says_in_words_what_it_changes_and_who_is_concerned(world, ada, page, now):
    world.case(at=now)
    ada.post(f"{page}/draft", WEEK)
    next_year = now.year + 1
    ada.post(
        f"{page}/draft/dates",
        {"first_on": f"{next_year}-04-01", "date_name": "Half", "date_open": "08:00-13:00"},
    )
    said = text_of(ada.get(f"{page}/draft"))
    assert "Monday: open 08:00–17:00 → open 08:00–12:00, 13:00–17:00." in said
    assert "Wednesday to Thursday: open 08:00–17:00 → closed." in said
    assert "Friday: open 08:00–17:00 → open 21:00–02:00." in said
    assert f"1 April {next_year}" in said
    assert "open 08:00–13:00 (Half)." in said
    assert "2 contracts, 1 open case; nothing running moves." in said
    assert "Tuesday: open" not in said


def test_days_next_to_each_other_are_said_as_one(ada, page):
    form = {"first_on": "2026-12-28", "last_on": "2026-12-30", "date_name": "Stocktaking"}
    ada.post(f"{page}/draft/dates", form)
    said = text_of(ada.get(f"{page}/draft"))
    assert (
        "Monday 28 December 2026 to Wednesday 30 December 2026:"
        " open 08:00–17:00 → closed (Stocktaking)." in said
    )


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("first_on", ""),
        ("first_on", "soon"),
        ("first_on", "1926-01-01"),
        ("last_on", "2026-12-01"),
        ("date_name", " "),
        ("date_open", "8"),
    ],
)
def test_a_day_with_something_wrong_is_not_put_in(ada, page, field, typed):
    form = {"first_on": "2026-12-28", "date_name": "Party", "date_open": "", field: typed}
    answer = ada.post(f"{page}/draft/dates", form)
    assert answer.status_code == 400
    assert f'id="{field}-error"' in body(answer)
    assert not CalendarDraft.objects.exists()


def test_a_click_on_a_day_brings_it_into_the_form_and_remove_takes_it_out(ada, page):
    drawn = body(ada.get(f"{page}/draft?year=2026&on=2026-12-24"))
    assert 'name="first_on" type="date" value="2026-12-24"' in drawn
    assert 'value="Christmas Eve"' in drawn
    ada.post(f"{page}/draft/dates", {"first_on": "2026-12-24", "remove": "yes"})
    draft = parse_calendar(CalendarDraft.objects.get().source)
    assert draft.is_open_day(date(2026, 12, 24))
    said = text_of(ada.get(f"{page}/draft"))
    assert "Thursday 24 December 2026: closed (Christmas Eve) → open 08:00–17:00." in said


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("country", "XX"),
        ("region", "ZZ"),
        ("from_year", "x"),
        ("to_year", "2025"),
        ("to_year", "2099"),
    ],
)
def test_holidays_that_are_not_known_are_refused(ada, page, field, typed):
    form = {"country": "SE", "from_year": "2026", "to_year": "2028", field: typed}
    assert ada.post(f"{page}/draft/holidays", form).status_code == 400


def test_holidays_are_filled_in_by_country_and_region(ada, page):
    form = {"country": "DE", "region": "BY", "from_year": "2027", "to_year": "2027"}
    ada.post(f"{page}/draft/holidays", form)
    draft = parse_calendar(CalendarDraft.objects.get().source)
    assert draft.why_closed(date(2027, 1, 6)) == "Epiphany"  # in Bavaria, not in Berlin
    assert draft.why_closed(date(2026, 12, 24)) == "Christmas Eve"  # put in by hand


def test_an_icalendar_file_closes_its_days_and_says_what_it_left_out(ada, page):
    assert ada.post(f"{page}/draft/closures").status_code == 400
    file = "\r\n".join(
        [
            "BEGIN:VCALENDAR", "VERSION:2.0",
            "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20261230", "SUMMARY:Outing", "END:VEVENT",
            "BEGIN:VEVENT", "DTSTART:20261230T120000Z", "SUMMARY:Lunch", "END:VEVENT",
            "END:VCALENDAR", "",
        ]
    )  # fmt: skip
    upload = SimpleUploadedFile("closures.ics", file.encode())
    answer = ada.post(f"{page}/draft/closures", {"closures": upload}, follow=True)
    said = text_of(answer)
    assert "1 closed day was put in." in said
    assert "Left out: “Lunch” (it does not take whole days)." in said
    refused = ada.post(f"{page}/draft/closures", {"closures": SimpleUploadedFile("x.ics", b"x")})
    assert refused.status_code == 400
    assert 'id="closures-error"' in body(refused)


def test_a_draft_is_exported_and_read_back_the_same(ada, page):
    ada.post(f"{page}/draft", WEEK)
    exported = ada.get(f"{page}/draft/text")
    assert exported["Content-Disposition"] == 'attachment; filename="Office hours draft.toml"'
    before = CalendarDraft.objects.get().source
    ada.post(f"{page}/draft", {**WEEK, "monday": ""})
    file = SimpleUploadedFile("draft.toml", exported.content)
    ada.post(f"{page}/draft/text", {"text": file})
    assert CalendarDraft.objects.get().source == before


def test_a_draft_is_published_as_it_was_shown(world, ada, page, now):
    ada.post(f"{page}/draft", WEEK)
    shown = re.search(r'name="version" value="(\d+)"', body(ada.get(f"{page}/draft")))[1]
    ada.post(f"{page}/draft", {**WEEK, "monday": ""})
    assert ada.post(f"{page}/draft/publication", {"version": shown}).status_code == 409
    past = {"version": "2", "holds_from": str(now.date() - timedelta(days=2))}
    assert ada.post(f"{page}/draft/publication", past).status_code == 400
    assert CalendarVersion.objects.count() == 1
    assert ada.post(f"{page}/draft/publication", {"version": "2"})["Location"] == page
    said = text_of(ada.get(page))
    assert "Version 2 holds since" in said
    assert "Ada Sund" in said


def test_a_draft_that_was_laid_aside_is_taken_up_again_by_one_press(ada, page):
    ada.post(f"{page}/draft", WEEK)
    ada.post(f"{page}/draft/discarding")
    assert "Nothing is changed yet" in body(ada.get(f"{page}/draft"))
    assert "Take it up again" in body(ada.get(page))
    ada.post(f"{page}/draft/return")
    assert "Last changed by Ada Sund" in body(ada.get(f"{page}/draft"))


def test_every_version_is_shown_and_exported_as_it_was_published(ada, page):
    ada.post(f"{page}/draft", WEEK)
    ada.post(f"{page}/draft/publication", {"version": "1"})
    first = CalendarVersion.objects.get(number=1)
    assert "Monday open 08:00–17:00" in text_of(ada.get(f"{page}/versions/1"))
    assert "Monday open 08:00–12:00, 13:00–17:00" in text_of(ada.get(f"{page}/versions/2"))
    assert body(ada.get(f"{page}/versions/1/text")) == first.source
    assert ada.get(f"{page}/versions/3").status_code == 404
    assert ada.get(f"{page}/versions/3/text").status_code == 404
    assert ada.get(f"{LIST}/999").status_code == 404


def test_markup_in_a_name_stays_text(ada, page):
    form = {"first_on": "2026-12-28", "date_name": "<b>x</b>"}
    ada.post(f"{page}/draft/dates", form)
    assert "<b>x</b>" not in body(ada.get(f"{page}/draft?year=2026&on=2026-12-28"))


def test_holidays_that_run_out_are_told_where_an_administrator_looks(world, ada, page, now):
    years = range(now.year - 1, now.year)
    drafts.fill_holidays(
        world.desk.calendar_id, country="SE", region="", years=years, actor=world.ada, at=now
    )
    warning = f"Holidays are written down until the end of {now.year - 1}."
    assert warning not in body(ada.get("/console/settings"))
    ada.post(f"{page}/draft/publication", {"version": "1"})
    for address in ("/console/settings", LIST, page):
        assert warning in body(ada.get(address))


# - the laboratory -


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"target": "1 day"}, "target"),
        ({"target": "9000 h"}, "from"),
        ({"from": "noon"}, "from"),
        ({"ask": "between", "to": ""}, "to"),
        ({"ask": "between", "to": "2026-11-01T00:00"}, "to"),
        ({"ask": "between", "to": "2036-11-01T00:00"}, "from"),
        ({"from": "9999-12-31T23:59"}, "from"),
        ({"from": "0001-01-01T00:00"}, "from"),
    ],
)
def test_what_cannot_be_reckoned_says_which_field_is_wrong(ada, asked, field):
    answer = ada.get(LABORATORY, {"from": "2026-11-20T16:30", **asked})
    assert answer.status_code == 400
    assert f'id="{field}-error"' in body(answer)


def test_the_laboratory_opens_with_an_answer(ada):
    said = text_of(ada.get(LABORATORY))
    assert "4 h, on “Office hours”." in said
    assert ": due " in said


@pytest.mark.parametrize(
    ("start", "target"),
    [
        ("2026-11-20T16:30", "4 h"),
        ("2026-06-18T16:30", "1 business day"),
        ("2026-06-18T16:30", "end of 2 business days"),
        ("2026-10-24T16:30", "2 days around the clock"),
        ("2026-01-05T07:00", "200 h"),
    ],
)
def test_page_and_command_say_the_same(ada, capsys, start, target):
    page = body(ada.get(LABORATORY, {"from": start, "target": target}))
    main(["calendar", "due", "--calendar", "Office hours", "--from", start, "--for", target])
    assert sentences(page) == [line.strip() for line in capsys.readouterr().out.splitlines()[1:]]


def test_page_and_command_say_the_same_between_two_instants(ada, capsys):
    span = {"from": "2026-06-18T16:00", "to": "2026-06-22T09:00"}
    page = body(ada.get(LABORATORY, {**span, "ask": "between"}))
    main(
        [
            "calendar",
            "between",
            "--calendar",
            "office hours",
            "--from",
            span["from"],
            "--to",
            span["to"],
        ]
    )
    said = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert sentences(page) == said[1:]
    assert said[0] == "2 h"
    assert said[-1] == "1 h + 1 h = 2 h of open time."


def test_a_draft_can_be_tried_before_it_is_published(world, ada, page, capsys):
    ada.post(f"{page}/draft", WEEK)
    key = f"{world.desk.calendar_id}-draft"
    asked = {"calendar": key, "from": "2026-11-23T11:00", "target": "2 h"}
    tried = body(ada.get(LABORATORY, asked))
    assert "1 h + 1 h = 2 h: due 2026-11-23 14:00:00 CET." in sentences(tried)
    where = ["--calendar", "Office hours", "--from", "2026-11-23T11:00", "--for", "2 h"]
    main(["calendar", "due", *where, "--draft"])
    assert sentences(tried) == [line.strip() for line in capsys.readouterr().out.splitlines()[1:]]
    main(["calendar", "due", *where])
    assert capsys.readouterr().out.startswith("2026-11-23 13:00:00 CET")


def sentences(page: str) -> list[str]:
    """What the page of the laboratory says: the question, and the list below the line."""
    question = re.search(r'id="trace-title">(.*?)</h3>', page)[1]
    return [question, *re.findall(r"<li>(.*?)</li>", page.split('<ol class="why')[1])]
