"""A super-user at work, in a real browser and without a mouse where it matters."""

import pytest

from tests.flows.people import Someone
from tests.processes import served

pytestmark = pytest.mark.browser


def test_a_super_user_adds_a_colleague_and_vouches_for_a_held_request(
    desk_environment, tmp_path, browser
):
    with served(desk_environment, tmp_path / "output", "--demo") as desk:
        dag, cleo, asta = (Someone(browser(), desk) for _ in range(3))

        dag.signs_in("dag@northwind.example")
        dag.goes_to("/help")
        dag.sees("super-users open cases")
        dag.page.fill("#subject", "Gate 7 does not open")
        dag.page.fill("#text", "Since the night shift.")
        dag.presses("Send to support")
        dag.sees("A super-user of your company has to vouch for it.")
        dag.finds_the_page_accessible()

        asta.signs_in("asta@desk.example")
        asta.goes_to("/console/inbox")
        asta.sees("Gate 7 does not open")
        asta.sees("The sender is no super-user")
        asta.finds_the_page_accessible()

        cleo.signs_in("cleo@northwind.example")
        cleo.page.get_by_role("link", name="My company").click()
        cleo.page.get_by_text("Add a colleague").click()
        form = cleo.page.locator("form[action='/company/colleagues']")
        form.locator("input[name=name]").fill("Nora Ny")
        form.locator("input[name=email]").fill("nora@northwind.example")
        form.locator("input[name=email]").press("Enter")
        cleo.sees("Cleo Dahl added Nora Ny.")

        cleo.page.get_by_role("link", name="Gate 7 does not open", exact=True).click()
        cleo.sees("Since the night shift.")
        cleo.finds_the_page_accessible()
        cleo.page.get_by_role("button", name="Vouch").focus()
        cleo.page.keyboard.press("Enter")
        cleo.sees("Cleo Dahl vouched for the request")
        number = cleo.page.locator(".case-number").first.inner_text()

        dag.goes_to(f"/cases/{number}")
        dag.sees("Gate 7 does not open")
        asta.goes_to(f"/console/cases/{number}")
        asta.sees("until somebody vouched for it")
        for someone in (dag, cleo, asta):
            someone.leaves()
