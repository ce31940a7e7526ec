"""A telephone rings: from the webhook of a telephone system to the case on the screen."""

import json
import time
from datetime import timedelta
from urllib.request import Request, urlopen

import pytest

from dueline.actions import phone_webhooks
from dueline.core.instants import now as the_present
from dueline.intake.phone.signatures import new_key, sign_standard
from dueline.models import Case, PhoneCall
from tests.axe import violations
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    return build_world()


@pytest.fixture
def telephone(world, live_server):
    """Let the telephone system tell of a call, by HTTP and signed, as any would."""
    webhook = phone_webhooks.add_webhook(
        provider="generic", signing_key=new_key(), actor=world.ada, at=the_present()
    )

    def tell(state, *, call="c1", **said):
        body = json.dumps({"call": call, "state": state, "to": "013-00 00 00", **said}).encode()
        headers = sign_standard(
            body, id_=f"msg-{call}-{state}", key=webhook.signing_key, at=the_present()
        )
        address = f"{live_server.url}/hooks/phone/{webhook.secret}/calls"
        sent = Request(address, body, {"Content-Type": "application/json", **headers})
        with urlopen(sent, timeout=10) as answer:
            assert answer.status == 200

    return tell


def test_a_telephone_rings_the_caller_appears_and_the_call_becomes_a_case(
    window, world, telephone, now
):
    known = world.case(subject="Export stops at 3 000 rows", at=now - timedelta(hours=3))
    page = window(world.asta, "/console/calls")
    page.get_by_text("No telephone rings").wait_for()

    telephone("ringing", **{"from": "0046 70 123 45 67"})
    rang = time.monotonic()
    pop = page.locator(".call.is-ringing")
    pop.get_by_text("Cleo Dahl").first.wait_for(timeout=2000)
    assert time.monotonic() - rang < 1

    for said in ("Northwind", "Extended", "Export stops at 3 000 rows", known.number):
        assert pop.get_by_text(said).first.is_visible(), said
    assert page.locator("#announcer").text_content() == "Cleo Dahl"
    assert pop.locator(".dial").get_attribute("href") == "tel:+46701234567"

    telephone("answered")
    page.locator(".call.is-talking").wait_for(timeout=2000)
    page.get_by_role("link", name="New case").click()
    assert page.locator('input[name="contact"]:checked').count() == 1
    page.fill("#subject", "Printer on fire")
    page.get_by_role("button", name="Open the case").click()
    page.get_by_text("Tell the caller the Case Number").wait_for()

    call, case = PhoneCall.objects.get(), Case.objects.latest("id")
    assert (call.case_id, call.agent_id) == (case.pk, world.asta.id)
    assert case.events.get(kind="opened").happened_at == call.rang_at
    page.locator(".entry.is-call", has_text="spoke with the customer").wait_for()

    page.goto(page.url.split("/console/")[0] + "/console/calls")
    page.get_by_role("link", name=f"logged in {case.number}").wait_for()
    telephone("ended")
    page.get_by_text("No telephone rings").wait_for(timeout=2000)


def test_an_open_case_goes_on_while_one_talks_and_the_call_is_logged_in_it(
    window, world, telephone, now
):
    known = world.case(subject="Export stops", at=now - timedelta(hours=3))
    page = window(world.asta, "/console/calls")
    telephone("ringing", **{"from": "+46701234567"})
    telephone("answered")

    page.get_by_role("link", name="Export stops").click()
    page.locator("#panel-call").wait_for()
    assert page.locator('#panel-call input[name="direction"]:checked').input_value() == "in"
    assert page.locator('#panel-call input[name="reached"]:checked').input_value() == "yes"
    assert page.input_value("#call-phone") == "+46701234567"
    page.fill("#call-summary", "They have restarted it twice.")
    page.get_by_role("button", name="Log the call").click()

    page.locator(".entry.is-call", has_text="They have restarted it twice.").wait_for()
    assert PhoneCall.objects.get().case_id == known.pk


def test_a_missed_call_of_a_stranger_is_named_and_set_aside_without_a_mouse(
    window, world, telephone
):
    page = window(world.asta, "/console/calls", viewport={"width": 360, "height": 740})
    telephone("ringing", **{"from": "08-555 555 55", "name": "EASTBAY AB"})
    telephone("missed")
    page.get_by_role("heading", name="Missed, to call back").wait_for(timeout=2000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.get_by_role("link", name="Say who it is").press("Enter")
    page.fill("#name", "Kim Holm")
    page.get_by_role("button", name="This is the caller").press("Enter")
    page.get_by_text("From now on Kim Holm is known by this number.").wait_for()
    page.locator(".call-name", has_text="Kim Holm").wait_for()

    page.get_by_role("button", name="Set aside").press("Enter")
    page.get_by_text("No telephone rings").wait_for()
    assert page.locator(".call").count() == 0


@pytest.mark.parametrize(
    ("scheme", "width"), [pytest.param("light", 1440, marks=pytest.mark.long), ("dark", 360)]
)
def test_no_page_of_calls_shuts_anybody_out(window, world, telephone, now, scheme, width):
    world.case(priority="critical", subject="Payment page down " * 16, at=now)
    telephone("ringing", **{"from": "+46701234567"})
    for state in ("ringing", "missed"):
        telephone(state, call="c2", **{"from": "08-555 555 55"})
    call = PhoneCall.objects.get(call_id="c2")
    page = window(
        world.ada,
        "/console/calls",
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
    )
    for path in (
        "/console/calls",
        f"/console/calls/{call.pk}/caller?q=north",
        f"/console/calls/new?call={call.pk}",
        "/console/settings/telephone",
    ):
        page.goto(page.url.split("/console/")[0] + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        findings = [
            (finding["id"], [node["target"] for node in finding["nodes"]])
            for finding in violations(page)
            if finding["impact"] in ("serious", "critical")
        ]
        assert not findings, (path, findings)


def test_whoever_reads_the_queue_hears_that_a_telephone_rings(window, world, telephone):
    page = window(world.asta, "/console/queue")
    assert not page.locator("#rings").is_visible()

    telephone("ringing", **{"from": "+46701234567"})
    page.locator("#rings").wait_for(timeout=5000)
    telephone("answered")
    page.locator("#rings").wait_for(state="hidden", timeout=5000)


def test_the_call_desk_works_without_script(window, world, telephone):
    telephone("ringing", **{"from": "+46701234567"})
    page = window(world.asta, "/console/calls", java_script_enabled=False)

    page.get_by_role("link", name="New case").click()
    page.fill("#subject", "Printer on fire")
    page.get_by_role("button", name="Open the case").click()

    assert Case.objects.get().subject == "Printer on fire"
