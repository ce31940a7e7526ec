"""The list of call backs and the voicemail on a case, as people meet them."""

from datetime import timedelta

import pytest

from dueline.actions import messages
from dueline.core.inbound import File
from dueline.core.priorities import Priority
from dueline.intake import read_inbox, uploads
from dueline.intake.uploads import Upload
from dueline.models import Case, Voicemail
from tests.axe import violations
from tests.intake.sounds import tone
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 780}


@pytest.fixture(scope="module", autouse=True)
def _reader():
    yield
    read_inbox.stop()


@pytest.fixture
def world(transactional_db):
    return build_world()


@pytest.fixture
def window(world, browser, live_server, enter):
    """Open a window of the console: `window(path, **options) -> page`."""

    def open_window(path, *, person=None, **options):
        page = browser(**{"viewport": WIDE, **options})
        cookie = enter(person or world.asta).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page.goto(f"{live_server.url}{path}")
        return page

    return open_window


def leave(world, now, *, number="+46701234567", minutes=20, priority=None, hz=440, name=""):
    said = Upload(
        audio=File("call.wav", "audio/wav", tone(hz=hz)),
        hung_up_at=now - timedelta(minutes=minutes),
        number=number,
        name=name,
        priority=priority,
    )
    return uploads.upload(said, actor=world.bo, at=now)


@pytest.mark.parametrize(
    "script",
    [True, pytest.param(False, marks=pytest.mark.long)],
    ids=["with script", "without script"],
)
def test_a_voicemail_is_heard_rated_and_called_back(world, window, now, script):
    leave(world, now)
    case = Case.objects.get()
    page = window("/console/call-backs", java_script_enabled=script)
    page.get_by_text("Nobody has said how bad it is.").wait_for()
    page.get_by_role("button", name="Critical").click()

    page.get_by_text("Stated: Critical, as Asta Lind heard it").wait_for()
    assert Case.objects.get().priority == "critical"
    page.goto(page.url.split("/console")[0] + "/console/call-backs")
    page.get_by_role("link", name="Log the call").click()
    page.get_by_label("Spoke with the customer").check()
    page.get_by_role("button", name="Log the call").click()
    page.get_by_text("The call is logged.").wait_for()
    assert case.commitments.filter(kind="callback").latest("ordinal").state == "met"


@pytest.mark.parametrize(
    "script",
    [True, pytest.param(False, marks=pytest.mark.long)],
    ids=["with script", "without script"],
)
def test_a_recording_is_added_from_a_file(world, window, now, script, tmp_path):
    file = tmp_path / "call.wav"
    file.write_bytes(tone())
    page = window("/console/voicemails/new", java_script_enabled=script)
    page.set_input_files("#audio", str(file))
    page.fill("#number", "070-123 45 67")
    page.fill("#hung_up_at", f"{now - timedelta(hours=2):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Add the voicemail").click()

    page.get_by_text("The voicemail is in").first.wait_for()
    assert Voicemail.objects.get().from_number == "+46701234567"


# Contrast depends on the scheme alone, and what sticks out on the width alone.
@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [pytest.param(WIDE, "light", marks=pytest.mark.long), (NARROW, "dark")],
)
def test_the_pages_of_voicemails_can_be_used_by_everybody(world, window, now, viewport, scheme):
    many(world, now)
    case = Case.objects.filter(contact=world.cleo.id).get()
    for path, person in (
        ("/console/call-backs", world.asta),
        (f"/console/cases/{case.number}", world.asta),
        ("/console/voicemails/new", world.asta),
        ("/console/settings/mail/voicemails", world.ada),
        (f"/cases/{case.number}", world.cleo),
    ):
        page = window(path, person=person, viewport=viewport, color_scheme=scheme)
        page.get_by_role("heading", level=1).wait_for()
        found = violations(page)
        assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == [], path
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= viewport["width"], path


def many(world, now) -> None:
    leave(world, now, priority=Priority.CRITICAL, minutes=70)
    leave(world, now, number="+46851234500", minutes=30, hz=500)
    leave(world, now, number="", minutes=20, hz=600, name="Somebody with a very long name " * 4)
    Voicemail.objects.filter(from_number="").update(
        audio="missing", attachment=None, transcript="Hello, it does not work. " * 20
    )
    for minutes in (50, 10):
        messages.log_call(
            Case.objects.filter(contact=world.cleo.id).get().pk,
            reached=False,
            direction="out",
            happened_at=now - timedelta(minutes=minutes),
            actor=world.bo,
            at=now,
        )
