"""The customers' pages and the settings in a real browser: legible, reachable, nowhere too wide."""

import re

import pytest

from tests.axe import violations
from tests.flows.people import Someone
from tests.processes import Tree, eventually, served

pytestmark = pytest.mark.browser

LOOKS = (("light", 1440), ("dark", 360))
FOR_ANYBODY = ("/", "/sign-in", "/sign-in/sent", "/help", "/guide")
FOR_CUSTOMERS = ("/cases", "/cases?show=closed", "/help", "/account", "/company")
FOR_ADMINISTRATORS = (
    "/console/settings",
    "/console/settings/hours",
    "/console/settings/people",
    "/console/settings/companies",
    "/console/settings/companies/1",
    "/console/settings/policy",
)


def looks_well(someone: Someone) -> None:
    """No serious finding of axe, and nothing beyond the edge of a telephone."""
    for scheme, width in LOOKS:
        someone.page.emulate_media(color_scheme=scheme)
        someone.page.set_viewport_size({"width": width, "height": 900})
        findings = [
            (finding["id"], [node["target"] for node in finding["nodes"]])
            for finding in violations(someone.page)
            if finding["impact"] in ("serious", "critical")
        ]
        assert not findings, (findings, someone.page.url, scheme, width)
        drawn = someone.page.evaluate("document.documentElement.scrollWidth")
        assert drawn <= width, (someone.page.url, drawn)


@pytest.mark.long
def test_every_page_can_be_read_by_everybody(desk_environment, tmp_path, browser):
    with served(desk_environment, tmp_path / "output", "--demo") as desk:
        stranger, cleo, asta = (Someone(browser(), desk) for _ in range(3))
        cleo.signs_in("cleo@northwind.example")
        asta.signs_in("asta@desk.example")
        for someone, paths in (
            (stranger, FOR_ANYBODY),
            (cleo, FOR_CUSTOMERS),
            (asta, FOR_ADMINISTRATORS),
        ):
            for path in paths:
                someone.goes_to(path)
                looks_well(someone)
        cleo.goes_to("/cases")
        cleo.page.locator(".case-link").last.click()
        for summary in cleo.page.locator("summary").all():
            if summary.is_visible():
                summary.click()
        looks_well(cleo)
        for someone in (stranger, cleo, asta):
            someone.leaves()


def test_a_customer_needs_no_script(desk_environment, tmp_path, browser, complaints):
    complaints.expected_statuses |= {400}
    with served(desk_environment, tmp_path / "output", "--demo") as desk:
        eve = Someone(browser(java_script_enabled=False), desk)
        eve.signs_in("eve@southgate.example")
        eve.goes_to("/help")
        eve.page.check("[value=high]")
        eve.page.fill("#subject", "The till prints nothing")
        eve.presses("Send to support")
        eve.sees("High is an escalation: say why it needs more attention.")
        eve.page.fill("#reason", "There is a queue down the street.")
        eve.presses("Send to support")
        eve.sees("Your Case Number")
        eve.page.get_by_role("link", name="Open the case").click()
        eve.sees("An engineer answers you by")
        eve.page.fill("#text", "It is the one on the left.")
        eve.presses("Send to support")
        eve.sees("It is the one on the left.")
        eve.page.locator("summary", has_text="Close the case").click()
        eve.page.locator("details button", has_text="Close the case").click()
        eve.sees("This case was closed")
        eve.leaves()


def test_a_desk_is_opened_by_hand_and_lets_its_first_customer_in(
    desk_environment, tmp_path, browser
):
    with served(desk_environment, tmp_path / "output") as desk:
        ada = Someone(browser(), desk)
        ada.goes_to(_setup_path(desk))
        looks_well(ada)
        ada.page.fill("#admin_name", "Ada Sund")
        ada.page.fill("#admin_email", "ada@desk.example")
        ada.page.fill("#admin_password", "a long walk by the sea")
        ada.page.fill("#name", "Harbour Support")
        ada.page.fill("#mail_address", "support@desk.example")
        ada.page.fill("#phone_office", "+46 13 000 00 00")
        ada.presses("Open the desk")
        ada.page.wait_for_url("**/console/queue**")
        looks_well(ada)
        ada.goes_to("/console/settings/companies")
        looks_well(ada)
        ada.page.fill("#name", "Northwind")
        ada.presses("Add")
        ada.page.fill("#name", "Cleo Dahl")
        ada.page.fill("#email", "cleo@northwind.example")
        ada.page.locator("form[action$='/contacts'] button").click()
        ada.sees("Saved.")
        cleo = Someone(browser(), desk)
        cleo.goes_to("/sign-in")
        cleo.page.fill("#email", "cleo@northwind.example")
        cleo.presses("Mail me a link")
        cleo.sees("Look into your mail")
        # No mail server is set up: the administrator reads the link, and hands it over.
        ada.goes_to("/console/outbox")
        ada.page.get_by_role("link", name=re.compile("sign-in link")).first.click()
        ada.page.get_by_text("As plain text").click()
        link = re.search(r"/link/[\w-]{43}", ada.page.inner_text("main"))
        assert link
        cleo.goes_to(link[0])
        cleo.presses("Sign in")
        cleo.sees("No open cases")
        looks_well(cleo)
        for someone in (ada, cleo):
            someone.leaves()


def _setup_path(desk: Tree) -> str:
    """Return the path of the link, which is printed a moment after the desk has opened."""
    found = eventually(lambda: re.search(r"/setup/[\w-]{43}", desk.printed))
    assert found
    return found[0]
