"""What script adds to pages that work without it."""

from datetime import timedelta

import pytest

from dueline.actions import messages
from dueline.models import Case, Note
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    return build_world()


def test_a_colleagues_note_appears_while_one_writes_and_the_text_stays(window, world, now):
    case = world.case(at=now)
    page = window(world.asta, f"/console/cases/{case.number}")
    page.fill("#reply-text", "Half a sen")

    messages.add_note(case.pk, text="Their proxy again?", actor=world.bo, at=now)

    page.get_by_text("Their proxy again?").wait_for(timeout=4000)
    assert page.input_value("#reply-text") == "Half a sen"


def test_who_was_overtaken_while_writing_is_told_and_can_send_anyway(
    window, world, now, complaints
):
    complaints.expected_statuses.add(409)
    case = world.case(at=now)
    page = window(world.asta, f"/console/cases/{case.number}")
    page.fill("#reply-text", "My long answer")
    messages.reply(case.pk, text="Bo was quicker.", actor=world.bo, at=now)
    page.get_by_text("Bo was quicker.").wait_for(timeout=4000)

    page.get_by_role("button", name="Send to Cleo").click()

    page.get_by_text("Somebody was quicker.").wait_for()
    page.get_by_text("Bo Ström wrote to the customer.").wait_for()
    assert page.input_value("#reply-text") == "My long answer"
    page.get_by_role("button", name="Send to Cleo anyway").click()
    page.locator(".entry-text", has_text="My long answer").wait_for()


def test_a_new_case_appears_by_itself_and_is_marked(window, world, now):
    page = window(world.asta, "/console/queue")

    world.case(subject="It rains in", at=now)

    page.locator(".case-row.is-fresh", has_text="It rains in").wait_for(timeout=4000)


def test_nothing_moves_under_the_pointer(window, world, now):
    for n in range(14):
        world.case(subject=f"Case number {n}", at=now - timedelta(minutes=n))
    page = window(world.asta, "/console/queue", viewport={"width": 1280, "height": 500})
    row = page.locator(".case-row").nth(3)
    name = row.get_attribute("id")
    row.hover()
    before = row.bounding_box()["y"]

    world.case(subject="More urgent", priority="critical", at=now)

    page.locator(".case-row", has_text="More urgent").wait_for(timeout=6000)
    assert abs(page.locator(f"#{name}").bounding_box()["y"] - before) < 2


def test_a_queue_is_worked_without_a_mouse(window, world, now):
    first = world.case(subject="First", at=now - timedelta(hours=2))
    world.case(subject="Second", at=now)
    page = window(world.asta, "/console/queue")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/console/cases/{first.number}")

    page.keyboard.press("o")
    page.get_by_text("yours", exact=True).wait_for()
    page.keyboard.press("n")
    page.keyboard.type("Looked at it.")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Looked at it.").first.wait_for()
    page.keyboard.press("r")
    page.keyboard.type("We look at it.")
    page.keyboard.press("Control+Enter")
    page.locator(".case-state", has_text="Responded").wait_for()
    page.keyboard.press("a")
    page.get_by_text("Active · isolating").wait_for()
    page.keyboard.press("e")
    page.get_by_role("heading", name="Resolve").wait_for()
    page.keyboard.type("It works again.")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Resolved, and the customer is told").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/console/queue")

    assert Case.objects.get(pk=first.pk).state == "resolved"
    assert Note.objects.get(case=first).text == "Looked at it."


def test_the_palette_opens_a_case_by_its_number(window, world, now):
    case = world.case(at=now)
    page = window(world.asta, "/console/queue")

    page.keyboard.press("Control+k")
    page.keyboard.type(case.number.replace("-", ""))
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/console/cases/{case.number}")


def test_why_a_promise_is_due_unfolds_beside_it(window, world, now):
    case = world.case(priority="critical", at=now)
    page = window(world.asta, f"/console/cases/{case.number}")

    page.get_by_role("link", name="Why").click()

    page.locator(".unfolded", has_text="The request arrived").wait_for()


def test_everything_works_without_script(window, world, now):
    case = world.case(at=now)
    page = window(world.asta, f"/console/cases/{case.number}", java_script_enabled=False)

    page.get_by_role("tab", name="Note").click()
    page.fill("#note-text", "Between us")
    page.get_by_role("button", name="Note for colleagues").click()
    page.get_by_text("Between us").wait_for()
    page.get_by_role("link", name="Priority").click()
    page.get_by_label("Critical").check()
    page.fill("#reason", "All shops are down")
    page.get_by_role("button", name="Change the priority").click()

    page.get_by_text("changed the priority from Normal to Critical").wait_for()


def test_a_caller_is_found_while_one_types(window, world):
    page = window(world.asta, "/console/calls/new")

    page.locator("#q").press_sequentially("cleo")

    page.get_by_text("Cleo Dahl").wait_for()
    page.get_by_text("Cleo Dahl").click()
    assert not page.locator("#name").is_visible()


def test_a_wrong_clock_at_the_reader_changes_no_countdown(window, world, now):
    case = world.case(priority="critical", at=now - timedelta(minutes=20))
    page = window(world.asta, "/console/queue")
    page.clock.install(time=now + timedelta(hours=5))
    page.goto(page.url)

    said = page.locator(f"#case-{case.pk} .left").inner_text()

    assert said in ("in 39 min", "in 40 min")
