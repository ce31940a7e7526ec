"""Writing to a customer with script: nothing typed is lost, and what was sent can be undone."""

import pytest

from dueline.actions import messages, sending
from dueline.core.instants import now as clock
from dueline.models import Case, Desk, Draft, Heartbeat, Message, OutboxItem, ReplyTemplate
from tests.processes import eventually
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    return build_world()


@pytest.fixture
def pause(world, now):
    """A desk whose letters wait for 20 seconds, and whose worker is alive."""
    Desk.objects.update(undo_seconds=20)
    Heartbeat.objects.create(name="worker", beat_at=now)


def test_a_browser_that_dies_loses_nothing_that_was_typed(window, world, now):
    case = world.case(at=now)
    page = window(world.asta, f"/console/cases/{case.number}")
    page.fill("#reply-text", "A long answer that took an hour")
    page.get_by_text("Kept as a draft").wait_for()
    page.context.close()

    back = window(world.asta, f"/console/cases/{case.number}")
    assert back.input_value("#reply-text") == "A long answer that took an hour"


def test_what_was_typed_a_moment_before_the_page_is_left_is_kept(window, world, now):
    case = world.case(at=now)
    page = window(world.asta, f"/console/cases/{case.number}")
    page.fill("#reply-text", "The last word")
    page.goto("about:blank")
    eventually(lambda: Draft.objects.filter(text="The last word").exists())


def test_a_letter_is_sent_undone_and_sent_with_the_keyboard_alone(window, world, now, pause):
    case = world.case(at=now)
    page = window(world.asta, f"/console/cases/{case.number}")
    page.keyboard.press("r")
    page.keyboard.type("Too early")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Sent to Cleo in").wait_for()
    assert page.locator(".strip.is-leaves").bounding_box()["y"] < 800
    assert not page.locator("#reply-text").is_visible()

    page.keyboard.press("u")
    page.get_by_text("Taken back. Nothing was sent.").wait_for()
    assert page.input_value("#reply-text") == "Too early"
    page.fill("#reply-text", "Now it is right")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Sent to Cleo in").wait_for()
    sending.send_next(at=Draft.objects.get().sends_at)

    page.locator(".entry-text", has_text="Now it is right").wait_for(timeout=5000)
    page.locator("#reply-text").wait_for()
    assert page.input_value("#reply-text") == ""
    texts = Message.objects.filter(case=case, agent__isnull=False)
    assert [message.text for message in texts] == ["Now it is right"]


def test_the_seconds_are_counted_down(window, world, now, pause):
    case = world.case(at=now)
    page = window(world.asta, f"/console/cases/{case.number}")
    page.fill("#reply-text", "Soon")
    page.get_by_role("button", name="Send to Cleo").click()
    left = page.locator("[data-leaves]")
    first = int(left.inner_text())
    eventually(lambda: int(left.inner_text()) < first)


def test_a_copy_for_an_outsider_is_warned_of_before_it_can_be_sent(window, world, now, complaints):
    complaints.expected_statuses.add(400)
    case = world.case(at=now)
    page = window(world.asta, f"/console/cases/{case.number}")
    page.fill("#reply-text", "For both of you")
    page.fill("#reply-cc", "Ola <ola@elsewhere.example>")
    page.keyboard.press("Enter")
    page.get_by_text("ola@elsewhere.example is not of Northwind.").wait_for()
    assert page.input_value("#reply-cc") == ""
    send = page.get_by_role("button", name="Send to Cleo and 1 more")
    send.click()
    page.get_by_text("has no part in this case yet").first.wait_for()
    assert not Message.objects.filter(case=case, agent__isnull=False).exists()

    page.get_by_label("ola@elsewhere.example is not of Northwind.").check()
    page.get_by_role("button", name="Send to Cleo and 1 more").click()
    page.locator(".entry-text", has_text="For both of you").wait_for()
    assert Message.objects.get(text="For both of you").cc == ["ola@elsewhere.example"]


def test_a_chip_is_taken_off_and_the_button_says_who_is_left(window, world, now):
    case = world.case(at=now)
    page = window(world.asta, f"/console/cases/{case.number}")
    page.fill("#reply-text", "Hello")
    page.fill("#reply-cc", "dag@northwind.example")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Send to Cleo and 1 more").wait_for()
    page.get_by_label("Dag Ek").uncheck()
    page.get_by_role("button", name="Send to Cleo", exact=True).wait_for()
    eventually(lambda: Draft.objects.get().cc == [])


def test_a_letter_is_sent_later_and_held_back_when_the_customer_writes(
    window, world, now, complaints
):
    case = world.case(at=now)
    messages.reply(case.pk, text="We look.", actor=world.bo, at=now)
    page = window(world.asta, f"/console/cases/{case.number}")
    page.fill("#reply-text", "Good morning")
    page.locator("details.later summary").click()
    page.locator("details.later [name=later]").first.click()
    page.get_by_text("unless Cleo writes first").first.wait_for()
    assert Draft.objects.get().unless_customer_writes

    messages.receive(
        case.pk,
        text="One more thing",
        contact=world.contact(world.cleo),
        actor=world.cleo,
        channel="web",
        happened_at=now,
        at=clock(),
    )

    page.get_by_text("Cleo Dahl wrote first.").wait_for(timeout=5000)
    page.get_by_role("link", name="Go on writing").click()
    page.locator("#reply-text").wait_for()
    assert page.input_value("#reply-text") == "Good morning"


def test_the_preview_is_what_the_outbox_holds(window, world, now):
    case = world.case(at=now)
    page = window(world.asta, f"/console/cases/{case.number}")
    page.fill("#reply-text", "It is **solved**.")
    page.get_by_role("button", name="Preview").click()
    page.locator(".mail-shown").wait_for()
    shown = page.locator(".mail-shown pre").first.text_content()
    page.get_by_role("button", name="Send to Cleo").click()
    page.locator(".entry-text strong", has_text="solved").wait_for()
    assert shown == OutboxItem.objects.get(purpose="reply").text


def test_a_template_and_a_quote_are_inserted_at_the_cursor(window, world, now):
    ReplyTemplate.objects.create(name="Greeting", text="Dear {contact.first_name}", changed_at=now)
    case = world.case(at=now)
    page = window(world.asta, f"/console/cases/{case.number}")
    page.fill("#reply-text", ", hello")
    page.locator("#reply-text").evaluate("area => area.setSelectionRange(0, 0)")
    page.locator("summary", has_text="Templates").click()
    page.get_by_role("button", name="Greeting").click()
    eventually(lambda: page.input_value("#reply-text") == "Dear Cleo, hello")
    page.locator("#reply-text").press("Control+End")
    page.get_by_role("button", name="Quote").click()
    eventually(lambda: "> Since 08:50" in page.input_value("#reply-text"))


def test_the_solution_is_kept_while_it_is_written_in_its_dialog(window, world, now):
    case = world.case(at=now)
    page = window(world.asta, f"/console/cases/{case.number}")
    page.keyboard.press("e")
    page.get_by_role("heading", name="Resolve").wait_for()
    page.keyboard.type("It works again.")
    page.locator("dialog").get_by_text("Kept as a draft").wait_for()
    page.keyboard.press("Control+Enter")
    page.get_by_text("Resolved, and the customer is told").wait_for()
    assert Case.objects.get(pk=case.pk).state == "resolved"
    assert not Draft.objects.exists()


@pytest.mark.parametrize("look", [{"width": 360, "height": 800}, {"width": 1440, "height": 900}])
def test_many_copies_and_long_texts_fit_on_any_screen(window, world, now, look):
    case = world.case(at=now, subject="Unbreakable" * 25)
    for agent in (world.asta, world.bo):
        Draft.objects.create(
            case=case,
            agent_id=agent.id,
            text="Unbreakable" * 200,
            cc=[f"{'a' * 40}{n}@{'very' * 10}.example" for n in range(20)],
            case_version=1,
            created_at=now,
            changed_at=now,
        )
    page = window(world.asta, f"/console/cases/{case.number}", viewport=look)
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(over) == 0
