from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dueline.actions import messages
from dueline.queries.queue import COUNTED_TO

pytestmark = pytest.mark.django_db


def body(response) -> str:
    assert response.status_code == 200, response
    return response.content.decode()


def test_a_stranger_is_asked_to_sign_in_and_comes_back(client, world):
    response = client.get("/console/queue?show=mine")

    assert response.status_code == 302
    assert response["Location"] == "/sign-in?next=%2Fconsole%2Fqueue%3Fshow%3Dmine"


def test_a_customer_finds_no_console(world, enter):
    assert enter(world.cleo).get("/console/queue").status_code == 404


def test_cases_stand_in_the_order_in_which_their_promises_fall_due(world, enter, now):
    world.case(priority="normal", subject="Later", at=now)
    world.case(priority="critical", subject="Sooner", at=now)
    world.case(priority="low", subject="Never", at=now)

    page = body(enter(world.asta).get("/console/queue"))

    assert page.index("Sooner") < page.index("Later") < page.index("Never")
    assert "Nothing owed at present" in page


def test_a_missed_promise_stands_first_and_says_how_late_it_is(world, enter, now):
    world.case(priority="critical", subject="Just arrived", at=now)
    world.case(priority="critical", subject="Long ago", at=now - timedelta(minutes=97))

    page = body(enter(world.asta).get("/console/queue"))

    assert page.index("Long ago") < page.index("Just arrived")
    assert "37 min late" in page


def test_mine_holds_only_what_i_own(world, enter, now):
    from dueline.actions import cases

    mine = world.case(subject="Of Asta", at=now)
    world.case(subject="Of nobody", at=now)
    cases.own(mine.pk, actor=world.asta, at=now)

    page = body(enter(world.asta).get("/console/queue?show=mine"))

    assert "Of Asta" in page
    assert "Of nobody" not in page


def test_waiting_for_customers_says_for_whom_and_since_when(world, enter, now):
    case = world.case(subject="Which version?", at=now)
    messages.ask_customer(case.pk, text="Which version?", actor=world.asta, at=now)

    page = body(enter(world.asta).get("/console/queue?show=waiting"))

    assert "Waits for Cleo Dahl since" in page


def test_counts_stop_where_nobody_reads_them(world, enter, now, monkeypatch):
    monkeypatch.setattr("dueline.queries.queue.COUNTED_TO", 2)
    monkeypatch.setattr("dueline.console.views.queue.COUNTED_TO", 2)
    for n in range(3):
        world.case(subject=f"Case {n}", at=now)

    assert "1+" in body(enter(world.asta).get("/console/queue"))
    assert COUNTED_TO == 100


def test_the_next_page_begins_where_the_last_one_ended(world, enter, now, monkeypatch):
    monkeypatch.setattr("dueline.console.views.queue._ROWS", 2)
    for n in range(3):
        world.case(subject=f"Case number {n}", at=now + timedelta(seconds=n - 10))
    client = enter(world.asta)

    first = client.get("/console/queue")
    address = first.content.decode().split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = body(client.get(address.replace("&amp;", "&")))

    assert "Case number 2" in second
    assert "Case number 1" not in second


@pytest.mark.parametrize(
    "after", ["nonsense", "2026-11-23T10:00:00 5", "2026-11-23T10:00:00+00:00"]
)
def test_a_page_address_that_cannot_be_read_begins_at_the_beginning(world, enter, now, after):
    world.case(subject="Here it is", at=now)

    assert "Here it is" in body(enter(world.asta).get("/console/queue", {"after": after}))


def test_nothing_new_is_answered_without_drawing(world, enter, now):
    world.case(at=now)
    client = enter(world.asta)
    tag = client.get("/console/queue", headers={"HX-Request": "true"})["ETag"]

    with CaptureQueriesContext(
        connection,
    ) as asked:
        again = client.get("/console/queue", headers={"HX-Request": "true", "If-None-Match": tag})

    # A quarter of a minute may have turned over between the two: then the answer is drawn anew.
    assert again.status_code == 304 or again["ETag"] != tag
    if again.status_code == 304:
        assert len(asked) <= 4


def test_a_new_case_changes_the_tag_and_comes_as_a_part_without_the_frame(world, enter, now):
    client = enter(world.asta)
    tag = client.get("/console/queue", headers={"HX-Request": "true"})["ETag"]
    world.case(subject="It rains in", at=now)

    part = client.get("/console/queue", headers={"HX-Request": "true", "If-None-Match": tag})

    assert "It rains in" in body(part)
    assert "<html" not in body(part)


def test_the_number_of_statements_does_not_grow_with_the_rows(world, enter, now):
    client = enter(world.asta)
    client.get("/console/queue")

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/console/queue?show=all")
        return len(asked)

    world.case(at=now)
    few = statements()
    for n in range(12):
        world.case(subject=f"Case {n}", at=now)

    assert statements() == few <= 7


def test_a_subject_cannot_write_into_the_page(world, enter, now):
    world.case(subject="<script>alert(1)</script>", at=now)

    page = body(enter(world.asta).get("/console/queue"))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_it_is_said_on_every_page_that_nothing_leaves_the_house(world, enter):
    assert "Nothing leaves the house." in body(enter(world.asta).get("/console/queue"))


def test_it_is_said_on_every_page_when_the_worker_is_silent(world, enter, now):
    from dueline.models import Heartbeat

    client = enter(world.asta)
    Heartbeat.objects.create(name="worker", beat_at=now)
    assert "The worker is silent." not in body(client.get("/console/queue"))

    Heartbeat.objects.update(beat_at=now - timedelta(minutes=3))
    assert "The worker is silent." in body(client.get("/console/queue"))
