"""How a message reads in its frame."""

from datetime import timedelta

import pytest

from dueline.actions import messages
from dueline.core.html import sanitise
from dueline.core.inbound import File
from tests.pictures import png
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HTML = (
    '<p>See <a href="https://northwind.example/run">the run</a>:</p>'
    '<img src="cid:shot@1" width="400"><img src="https://t.example/pixel.gif">'
)


@pytest.fixture
def world(transactional_db):
    return build_world()


@pytest.fixture
def window(world, browser, live_server, enter):
    def open_window(path: str, **options):
        page = browser(**{"viewport": {"width": 1280, "height": 900}, **options})
        page.set_default_timeout(30_000)
        cookie = enter(world.asta).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page.goto(live_server.url + path)
        return page

    return open_window


@pytest.fixture
def case(world, now):
    case = world.case(at=now - timedelta(hours=1))
    files = (
        File("shot.png", "image/png", png(400, 700), "shot@1", True),
        File("server.log", "text/plain", b"09:12 failed\n"),
    )
    messages.receive(
        case.pk,
        text="See the run:",
        html=sanitise(HTML)[0],
        contact=world.contact(world.cleo),
        actor=world.cleo,
        channel="mail",
        happened_at=now,
        at=now,
        files=files,
    )
    return case


def inside(page):
    frame = next(frame for frame in page.frames if frame.url.endswith("/html"))
    frame.locator("img[src]").first.wait_for()
    return frame


def test_a_message_is_as_high_as_it_is_long_with_its_picture_in_its_place(window, case):
    page = window(f"/console/cases/{case.number}")
    shown = (
        inside(page)
        .locator("img[src]")
        .evaluate(
            "async (img) => { await img.decode(); return [img.naturalWidth, img.naturalHeight]; }"
        )
    )
    assert shown == [400, 700]
    page.wait_for_function(
        """() => {
          const frame = document.querySelector("iframe.as-sent");
          const page = frame.contentDocument.documentElement;
          return frame.clientHeight > 700 && page.scrollHeight <= frame.clientHeight;
        }"""
    )


def test_without_script_and_on_a_telephone_it_scrolls_within_bounds(window, case):
    page = window(
        f"/console/cases/{case.number}",
        java_script_enabled=False,
        viewport={"width": 360, "height": 740},
    )
    frame = page.locator("iframe.as-sent")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert 300 < box["height"] < 420
    assert box["x"] + box["width"] <= 360


def test_a_link_in_it_opens_in_a_tab_that_is_no_sandbox(window, case, complaints, live_server):
    page = window(f"/console/cases/{case.number}")
    with page.context.expect_page() as opened:
        inside(page).get_by_role("link", name="the run").click()
    tab = opened.value
    tab.goto(f"{live_server.url}/guide")
    assert tab.evaluate("1 + 1") == 2
    assert tab.evaluate("window.opener") is None
    assert page.url.endswith(case.number)
    complaints.seen.clear()  # the tab asked for a page of the customer's


def test_pictures_from_outside_are_asked_for_by_a_click_and_say_nothing_of_us(
    window, case, complaints
):
    page = window(f"/console/cases/{case.number}")
    inside(page)
    assert complaints.seen == []  # nothing went out so far
    with page.expect_request("https://t.example/pixel.gif") as asked:
        inside(page).get_by_role("link", name="Show them").click()
    told = asked.value.all_headers()
    assert told.get("referer", "") == ""
    assert told.get("cookie", "") == ""
    page.wait_for_timeout(300)
    complaints.seen[:] = [said for said in complaints.seen if "t.example" not in said]


def test_one_looks_into_a_file_beside_it(window, case):
    page = window(f"/console/cases/{case.number}")
    page.get_by_role("link", name="Look into server.log").click()
    page.locator(".unfolded", has_text="09:12 failed").wait_for()
