"""A voicemail in a real browser: it plays, is led about in, and is called back."""

from datetime import timedelta

import pytest

from dueline.actions import messages
from dueline.core.inbound import File
from dueline.intake import recordings as job
from dueline.models import Voicemail
from tests import recordings
from tests.left_voicemails import left
from tests.processes import eventually
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    return build_world()


@pytest.fixture
def voicemail(world, now) -> Voicemail:
    """Cleo's voicemail, in GSM as a telephone system sends it, made playable by the worker."""
    at = now - timedelta(minutes=5)
    sound = File("msg0001.wav", "audio/x-wav", recordings.encoded("wav", "pcm_mulaw", seconds=6))
    row = left(at=at, url="", audio=sound, stated_priority=None)
    assert job.next_step(now)
    job.stop()
    row.refresh_from_db()
    return row


def at(page) -> float:
    return page.eval_on_selector(".recording audio", "audio => audio.currentTime")


def test_a_voicemail_is_heard_and_its_caller_called_back(window, world, voicemail):
    case = voicemail.case
    page = window(world.asta, f"/console/cases/{case.number}")
    wave = page.get_by_role("slider", name="Where in the recording")
    assert page.locator(".wave-all").get_attribute("d").count("M") > 50
    assert page.locator("[data-length]").inner_text() == "0:06"
    assert at(page) == 0

    page.get_by_role("button", name="Play").click()
    eventually(lambda: at(page) > 0.5)
    assert float(page.locator("[data-heard]").get_attribute("width")) > 0
    page.get_by_role("button", name="Pause").click()
    assert page.eval_on_selector(".recording audio", "audio => audio.paused")

    box = wave.bounding_box()
    wave.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    assert 2.5 < at(page) < 3.5
    wave.press("ArrowLeft")
    assert 0.5 < at(page) < 1.5
    wave.press("End")
    assert wave.get_attribute("aria-valuenow") == "6"
    wave.press("Home")
    page.get_by_role("button", name="One and a half times as fast").click()
    assert page.eval_on_selector(".recording audio", "audio => audio.playbackRate") == 1.5

    page.get_by_role("button", name="I have listened").click()
    page.get_by_text("Asta Lind listened").wait_for()
    voicemail.refresh_from_db()
    assert voicemail.heard_by_id == world.asta.id

    callback = case.commitments.get(kind="callback")
    assert callback.state == "running"
    page.goto(page.url.partition("#")[0] + "?write=call")
    page.get_by_label("Spoke with").check()
    page.get_by_role("button", name="Log the call").click()
    page.get_by_text("· spoke with the customer").wait_for()
    callback.refresh_from_db()
    assert callback.state == "met"


def test_what_plays_goes_on_while_the_page_changes_and_heard_to_the_end_says_so(
    window, world, voicemail, now
):
    page = window(world.asta, f"/console/cases/{voicemail.case.number}")
    page.get_by_role("button", name="Play").click()
    eventually(lambda: at(page) > 0.3)
    messages.add_note(voicemail.case_id, text="I am on it.", actor=world.bo, at=now)
    page.get_by_text("I am on it.").wait_for(timeout=6000)
    assert not page.eval_on_selector(".recording audio", "a => a.paused && !a.ended")
    page.get_by_text("Asta Lind listened").wait_for(timeout=12_000)


def test_a_recording_plays_without_script(window, world, voicemail):
    page = window(world.asta, f"/console/cases/{voicemail.case.number}", java_script_enabled=False)
    assert page.locator(".recording audio").is_visible()
    assert not page.locator(".recording-own").is_visible()
    page.get_by_role("button", name="I have listened").click()
    page.get_by_text("Asta Lind listened").wait_for()
