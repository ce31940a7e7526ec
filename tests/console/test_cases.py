from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dueline.actions import assistance, cases, messages
from dueline.core.inbound import File
from dueline.models import Message

pytestmark = pytest.mark.django_db


def page_of(client, case) -> str:
    response = client.get(f"/console/cases/{case.number}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("number", ["10001-5", "99999-4", "10001", "1-1"])
def test_an_unknown_or_misheard_number_is_nowhere(world, enter, number):
    world.case()

    assert enter(world.asta).get(f"/console/cases/{number}").status_code == 404


def test_the_page_says_what_is_owed_and_who_owns_it(world, enter, now):
    case = world.case(priority="critical", at=now - timedelta(minutes=48))

    page = page_of(enter(world.asta), case)

    assert "Response" in page
    assert "in 12 min" in page or "in 11 min" in page
    assert "nobody owns it" in page


def test_what_only_colleagues_read_says_so(world, enter, now):
    case = world.case(at=now)
    messages.add_note(case.pk, text="Their proxy again?", actor=world.bo, at=now)
    messages.log_call(
        case.pk,
        reached=False,
        direction="out",
        happened_at=now,
        phone="+46701234567",
        summary="Rang out.",
        actor=world.bo,
        at=now,
    )
    assistance.ask(case.pk, text="Seen this before?", actor=world.bo, at=now)

    page = page_of(enter(world.asta), case)

    assert page.count("Only colleagues read this") >= 3
    assert "called +46701234567 · no answer" in page
    assert "An attempt without contact meets no promise." in page


def test_quoted_text_is_folded_and_still_there(world, enter, now):
    case = world.case(at=now, text="It broke.\n> on Monday you wrote")
    Message.objects.filter(case=case).update(folded_from=10)

    page = page_of(enter(world.asta), case)

    assert page.index("It broke.") < page.index("Show what is folded") < page.index("on Monday you")


def test_both_times_of_a_call_stay_visible(world, enter, now):
    case = world.case(at=now - timedelta(hours=2))
    messages.log_call(
        case.pk,
        reached=True,
        direction="in",
        happened_at=now - timedelta(minutes=40),
        actor=world.bo,
        at=now,
    )

    assert "typed in" in page_of(enter(world.asta), case)


def test_a_miss_stands_on_the_time_line_though_no_sweep_has_come_by(world, enter, now):
    case = world.case(priority="critical", at=now - timedelta(hours=2))

    assert "Response was due and is missed." in page_of(enter(world.asta), case)


def test_the_button_says_who_will_read_it(world, enter, now):
    page = page_of(enter(world.asta), world.case(at=now))

    assert "Send to Cleo" in page
    assert "Cleo Dahl reads this, at cleo@northwind.example" in page
    assert "Note for colleagues" in page
    assert "meets the response" in page


def test_acts_that_have_no_place_are_not_offered(world, enter, now):
    case = world.case(at=now)
    client = enter(world.asta)
    assert "/activation" not in page_of(client, case)

    messages.reply(case.pk, text="We look.", actor=world.asta, at=now)
    assert "/activation" in page_of(client, case)

    cases.resolve(case.pk, text="Solved.", actor=world.asta, at=now)
    page = page_of(client, case)
    assert "/reopening" in page
    assert "/activation" not in page


def test_a_file_that_may_run_is_marked(world, enter, now):
    files = (File("report.html", "text/html", b"<p>"), File("log.txt", "text/plain", b"x"))

    page = page_of(enter(world.asta), world.case(at=now, files=files))

    assert page.count("may run when opened") == 2  # in the message and in the list of files
    assert "log.txt" in page


def test_i05_text_and_names_cannot_write_into_the_page(world, enter, now):
    evil = '"><img src=x onerror=alert(1)>'
    case = world.case(at=now, subject=evil, text=evil, files=(File(evil, "text/x", b"x"),))

    page = page_of(enter(world.asta), case)

    assert "<img" not in page
    assert "onerror=alert(1)&gt;" in page


def test_why_a_promise_is_due_is_said_in_sentences_that_add_up(world, enter, now):
    case = world.case(priority="critical", at=now)

    response = enter(world.asta).get(f"/console/cases/{case.number}/promises/response/1")

    said = response.content.decode()
    assert "The request arrived" in said
    assert "1 h: due" in said


@pytest.mark.parametrize("promise", ["response/2", "activation/1", "nonsense/1"])
def test_a_promise_that_has_not_begun_has_no_reason(world, enter, now, promise):
    case = world.case(priority="critical", at=now)

    address = f"/console/cases/{case.number}/promises/{promise}"
    assert enter(world.asta).get(address).status_code == 404


def test_the_number_of_statements_does_not_grow_with_the_messages(world, enter, now):
    case = world.case(at=now - timedelta(minutes=30))
    messages.add_note(case.pk, text="The first", actor=world.asta, at=now - timedelta(minutes=29))
    client = enter(world.asta)
    client.get("/console/queue")

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            page_of(client, case)
        return len(asked)

    few = statements()
    for n in range(20):
        at = now - timedelta(minutes=29 - n)
        messages.reply(case.pk, text=f"Word {n}", actor=world.asta, at=at)
        messages.add_note(case.pk, text=f"Note {n}", actor=world.asta, at=at)

    assert statements() == few <= 20


def test_an_open_page_is_told_of_a_change_and_of_nothing_else(world, enter, now):
    case = world.case(at=now)
    client, address = enter(world.asta), f"/console/cases/{case.number}"
    tag = client.get(address, headers={"HX-Request": "true"})["ETag"]
    messages.add_note(case.pk, text="Look at this", actor=world.bo, at=now)

    part = client.get(address, headers={"HX-Request": "true", "If-None-Match": tag})

    assert part.status_code == 200
    assert "Look at this" in part.content.decode()
    assert "<html" not in part.content.decode()


def test_cases_can_be_narrowed(world, enter, now):
    world.case(by=world.eve, subject="Of Southgate", at=now)
    mine = world.case(subject="Of Northwind", priority="critical", at=now)
    cases.own(mine.pk, actor=world.asta, at=now)
    client = enter(world.asta)

    def found(**chosen: object) -> str:
        return client.get("/console/cases", chosen).content.decode().split("case-row", 1)[-1]

    assert "Of Northwind" not in found(company=world.southgate.pk)
    assert "Of Southgate" not in found(priority="critical")
    assert "Of Southgate" not in found(owner=world.asta.id)
    assert "Of Northwind" not in found(owner="nobody")
    assert "No case is like this" in client.get("/console/cases?state=closed").content.decode()


def test_a_list_of_cases_goes_on_where_it_ended(world, enter, now, monkeypatch):
    monkeypatch.setattr("dueline.console.views.case_list._ROWS", 1)
    first = world.case(subject="The first", at=now)
    world.case(subject="The second", at=now)

    page = enter(world.asta).get("/console/cases", {"before": first.pk + 1}).content.decode()

    assert "The first" in page
    assert "The second" not in page


def test_a_long_history_shows_its_beginning_and_its_end(world, enter, now, monkeypatch):
    monkeypatch.setattr("dueline.console.views.cases._NEWEST", 4)
    case = world.case(at=now - timedelta(minutes=30), text="The very first")
    for n in range(12):
        messages.add_note(case.pk, text=f"Note number {n}.", actor=world.asta, at=now)
    client = enter(world.asta)

    page = page_of(client, case)
    everything = client.get(f"/console/cases/{case.number}?all").content.decode()

    assert "The very first" in page
    assert "Note number 11." in page
    assert "Note number 3." not in page
    assert "Show the 8 in between" in page
    assert "Note number 3." in everything
