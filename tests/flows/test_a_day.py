"""One request from its arrival to its answer, and back again, in three real browsers."""

import re

import pytest

from tests.flows.people import Someone
from tests.processes import served

pytestmark = pytest.mark.browser
UNDO = 30  # seconds: the pause in which a letter can be undone, and a slow machine


def test_the_whole_day_of_one_request(desk_environment, tmp_path, browser, complaints):
    with served(desk_environment, tmp_path / "output", "--demo") as desk:
        wide = {"viewport": {"width": 1440, "height": 900}}
        cleo, asta, tove = (Someone(browser(**wide), desk) for _ in range(3))
        cleo.signs_in("cleo@northwind.example")
        asta.signs_in("asta@desk.example")
        tove.signs_in("tove@desk.example")
        # Five seconds in which a letter can be undone are enough today.
        asta.goes_to("/console/settings/mail/outgoing")
        asta.page.fill("#undo_seconds", "5")
        asta.page.get_by_role("button", name="Save", exact=True).click()
        asta.sees("Saved.")
        asta.goes_to("/console/queue")
        asta.finds_the_page_accessible()

        # The customer asks for help; Normal is chosen already.
        cleo.goes_to("/help")
        cleo.finds_the_page_accessible()
        assert cleo.page.locator("input[name=priority]:checked").input_value() == "normal"
        cleo.page.fill("input[name=subject]", "Invoices lack the new address")
        cleo.page.fill("textarea[name=text]", "Since noon the old address is printed.")
        cleo.page.locator("input[name=files]").set_input_files(
            [{"name": "invoice.txt", "mimeType": "text/plain", "buffer": b"Old Street 1"}]
        )
        cleo.presses("Send to support")
        cleo.page.wait_for_url("**/help/thanks**")
        cleo.finds_the_page_accessible()
        number = re.search(r"\b\d{5}-\d\b", cleo.page.locator("main").inner_text())[0]

        # The engineer sees it appear without reloading, opens it and answers.
        asta.sees("Invoices lack the new address", within=5)
        asta.page.get_by_text("Invoices lack the new address").first.click()
        asta.page.wait_for_url(f"**/console/cases/{number}")
        asta.finds_the_page_accessible()
        asta.page.fill("#reply-text", "Thank you, I look at the template.")
        asta.presses("Send to Cleo")
        asta.sees("Sent to Cleo in")
        asta.finds_the_page_accessible()
        asta.sees("Responded", within=UNDO)

        # Activate; ask Tier Two, who answer.
        asta.page.keyboard.press("Escape")
        asta.presses("Activate")
        asta.sees("Isolate")
        asta.page.get_by_role("tab", name="Ask Tier Two").click()
        asta.page.fill("#question-text", "Canary: is the address cached in print.cfg?")
        asta.page.locator("#panel-question").get_by_role("button", name="Ask Tier Two").click()
        asta.sees("Canary: is the address cached")
        tove.goes_to("/console/tier-two")
        tove.sees("Canary: is the address cached")
        tove.finds_the_page_accessible()
        tove.page.get_by_text("Canary: is the address cached").first.wait_for()
        tove.goes_to(f"/console/cases/{number}")
        answer = tove.page.locator(".composer-answer textarea")
        answer.fill("Secret answer: yes, restart the printer service.")
        tove.presses("Answer Asta")
        asta.sees("Secret answer: yes", within=5)

        # Ask the customer, who sees that, and nothing of Tier Two.
        asta.page.get_by_role("tab", name="Reply").click()
        asta.page.fill("#reply-text", "Which printer do you use?")
        asta.presses("Send and wait")
        asta.sees("Waits for the customer", within=UNDO)
        cleo.goes_to(f"/cases/{number}")
        cleo.sees("Which printer do you use?")
        cleo.sees_nothing_of("Canary")
        cleo.sees_nothing_of("Secret answer")
        cleo.sees_nothing_of("Tier Two")
        cleo.finds_the_page_accessible()

        # The customer answers and escalates; the engineer sees both without reloading.
        cleo.page.fill("textarea[name=text]", "The big one in the cellar.")
        cleo.presses("Send to support")
        cleo.sees("The big one in the cellar.")
        asta.sees("The big one in the cellar.", within=5)
        cleo.page.get_by_text("Escalate to High").click()
        cleo.page.fill("textarea[name=reason]", "Invoices leave at five.")
        cleo.page.get_by_role("button", name="Escalate", exact=True).click()
        cleo.sees("High")
        asta.sees("Invoices leave at five.", within=5)

        # The engineer resolves; the customer reopens.
        asta.goes_to(f"/console/cases/{number}/resolution")
        asta.finds_the_page_accessible()
        asta.page.fill("main textarea[name=text]", "The cache is cleared.")
        asta.page.locator("main form").get_by_role("button", name="Resolve").click()
        asta.page.locator(".entry-text", has_text="The cache is cleared.").first.wait_for(
            timeout=UNDO * 1000
        )
        cleo.sees("The cache is cleared.", within=5)
        cleo.goes_to(f"/cases/{number}")
        cleo.page.locator("summary", has_text="Open it again").click()
        cleo.page.fill("textarea[name=reopen_reason]", "The cellar prints the old one still.")
        cleo.page.locator("details[open]").get_by_role("button", name="Open it again").click()
        asta.sees("The cellar prints the old one still.", within=5)

        for somebody in (cleo, asta, tove):
            somebody.leaves()
