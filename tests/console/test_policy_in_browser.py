"""An administrator changes what the desk promises: from the matrix to the guide on paper."""

import pypdfium2
import pytest

from dueline.actions import policies
from dueline.actions.policies import SHIPPED_POLICY
from dueline.models import PolicyVersion
from dueline.queries.policy_drafts import draft
from tests.flows.people import Someone
from tests.portal.test_in_a_browser import looks_well
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

POLICY = "/console/settings/policy"
PARTS = ("", "/plans/standard", "/plans", "/priorities", "/warnings", "/rules", "/text")


@pytest.fixture
def world(transactional_db):
    return build_world()


@pytest.mark.parametrize("with_script", [True, pytest.param(False, marks=pytest.mark.long)])
def test_the_matrix_is_edited_tried_acknowledged_published_and_printed(
    window, world, tmp_path, complaints, with_script
):
    complaints.expected_statuses.add(400)
    page = window(world.ada, POLICY, java_script_enabled=with_script)
    page.get_by_role("button", name="Begin a draft").click()

    page.get_by_role("link", name="Plan Standard").click()
    page.get_by_label("Normal, Response", exact=True).fill("1 day")
    page.get_by_role("button", name="Save in the draft").click()
    page.get_by_text("is not a target").first.wait_for()
    page.get_by_label("Normal, Response", exact=True).fill("6 h")
    page.get_by_role("button", name="Save in the draft").click()

    page.get_by_text(
        "Standard, Normal: response the end of the next business day → 6 hours"
    ).wait_for()
    page.get_by_role("button", name="Publish version 2").click()
    page.get_by_text("promises something else than before").first.wait_for()
    assert PolicyVersion.objects.count() == 1

    page.get_by_text(
        "response 1: running, due 2026-11-24 17:00 → running, due 2026-11-23 16:00"
    ).wait_for()
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_text("Acknowledged by Ada Sund").wait_for()
    page.get_by_role("button", name="Publish version 2").click()
    page.get_by_text("Version 2 is published.").wait_for()

    page.get_by_role("link", name="Read the guide").click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download as PDF").click()
    paper = tmp_path / "guide.pdf"
    downloading.value.save_as(paper)
    assert "Normal within 6 hours, in office hours" in text_of(paper)
    assert "version 2" in text_of(paper)


def text_of(paper) -> str:
    document = pypdfium2.PdfDocument(paper)
    try:
        pages = [sheet.get_textpage().get_text_bounded() for sheet in document]
    finally:
        document.close()
    return " ".join(" ".join(pages).split())


@pytest.mark.long
def test_every_page_of_the_policy_can_be_read_by_everybody(window, world, now, live_server):
    policies.begin_draft(actor=world.ada, at=now)
    quicker = SHIPPED_POLICY.replace('within = "60 min"', 'within = "30 min"').replace(
        'title = "Extended"', f'title = "{"Extended and very well tended " * 2}"'
    )
    policies.save_draft(source=quicker, version=draft().version, actor=world.ada, at=now)
    page = window(world.ada, POLICY)
    paths = [POLICY, f"{POLICY}/versions/1", *(f"{POLICY}/draft{part}" for part in PARTS)]
    for path in paths:
        page.goto(live_server.url + path)
        for summary in page.locator("main summary").all():
            if summary.is_visible():
                summary.click()
        looks_well(Someone(page, live_server.url))


def test_a_cell_is_filled_by_keyboard_alone(window, world, now):
    policies.begin_draft(actor=world.ada, at=now)
    page = window(world.ada, f"{POLICY}/draft/plans/standard")
    page.get_by_label("Low, Response", exact=True).focus()
    page.keyboard.type("2 business days")
    page.keyboard.press("Enter")
    page.get_by_text("Standard, Low: response no promise → 2 business days").wait_for()
