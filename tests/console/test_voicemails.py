"""Voicemails on the pages: whom to call back, what they said, and one that somebody adds."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dueline.actions import messages
from dueline.intake import read_inbox
from dueline.models import Case, Contact, Desk, HeldRequest, InboxItem, Voicemail
from dueline.queries.call_backs import call_backs
from tests.intake.sounds import tone

pytestmark = pytest.mark.django_db
CLEO = "+46701234567"
_STOCKHOLM = ZoneInfo("Europe/Stockholm")
NEW, LIST = "/console/voicemails/new", "/console/call-backs"


@pytest.fixture(scope="module", autouse=True)
def _reader():
    yield
    read_inbox.stop()


@pytest.fixture
def asta(world, enter):
    return enter(world.asta)


def sound(name="call.wav", content=None, kind="audio/wav"):
    return SimpleUploadedFile(name, tone() if content is None else content, kind)


def add(client, *, hz=440, **more):
    """Bring a recording of a call that ended an hour ago."""
    ended = timezone.now() - timedelta(hours=1)
    said = {"audio": sound(content=tone(hz=hz)), "number": "070-123 45 67", "name": ""}
    said |= {"hung_up_at": f"{timezone.localtime(ended, _STOCKHOLM):%Y-%m-%dT%H:%M}"}
    return client.post(NEW, {**said, "priority": "", "text": "", **more})


# --- adding one --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"audio": ""}, "Choose the recording."),
        ({"audio": sound(content=b"")}, "The file is empty."),
        ({"audio": sound("notes.pdf", b"%PDF-1.4", "application/pdf")}, "This is no recording."),
        ({"audio": sound("call.wav", b"MZ\x90\x00" + b"\0" * 60)}, "This is no recording."),
        ({"hung_up_at": ""}, "Say when they hung up"),
        ({"hung_up_at": "yesterday"}, "This is not a time."),
        ({"hung_up_at": "2099-01-01T10:00"}, "has not happened yet"),
        ({"priority": "huge"}, "Choose one of the offered."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(asta, more, said):
    response = add(asta, **{"text": "They called twice.", **more})

    page = response.content.decode()
    assert response.status_code == 400
    assert said in page
    assert "They called twice.</textarea>" in page
    assert not InboxItem.objects.exists()


def test_a_recording_that_is_too_large_is_refused_before_it_is_kept(asta, monkeypatch):
    monkeypatch.setattr("dueline.console.views.voicemails.LARGEST", 100)
    assert "at most 20 MB" in add(asta).content.decode()
    assert not InboxItem.objects.exists()


def test_a_recording_becomes_the_callers_case_and_is_kept_raw(world, asta):
    response = add(asta, priority="critical", text="The payment page is down.")

    case = Case.objects.get()
    assert response.headers["Location"] == f"/console/cases/{case.number}"
    assert (case.contact_id, case.channel, case.priority) == (
        world.cleo.id,
        "voicemail",
        "critical",
    )
    row = Voicemail.objects.get()
    assert (row.stated_by, row.heard_by_id) == ("person", world.asta.id)
    assert (row.from_number, row.case) == (CLEO, case)
    assert row.attachment.message.text.strip() == "The payment page is down."
    assert InboxItem.objects.get().door == "upload"
    callback = case.commitments.get(kind="callback")
    assert callback.started_at == row.hung_up_at


def test_the_same_recording_twice_is_one_case(asta):
    add(asta)
    response = add(asta, name="Cleo again")

    assert Case.objects.count() == 1
    assert response.headers["Location"] == f"/console/cases/{Case.objects.get().number}"


def test_on_a_plan_of_super_users_an_added_voicemail_waits_in_the_inbox(world, asta):
    response = add(asta, number="+46709876543")

    assert response.headers["Location"] == "/console/inbox"
    assert HeldRequest.objects.get().contact_id == world.dag.id


# --- the list ----------------------------------------------------------------------------------


def test_nobody_waits(asta):
    assert "Nobody waits for a call" in asta.get(LIST).content.decode()


def test_call_backs_stand_in_the_order_in_which_they_fall_due(world, asta):
    add(asta, number="+46851234500", hz=300)  # Eve, Normal
    add(asta, priority="critical", hz=400)  # Cleo
    page = asta.get(LIST).content.decode()

    assert page.index("Cleo Dahl") < page.index("Eve Moss")
    assert 'href="tel:+46701234567"' in page
    assert "Call +46 70 123 45 67" in page
    number = Case.objects.get(contact=world.cleo.id).number
    assert f"/console/cases/{number}?write=call&amp;phone=%2B46701234567#write" in page


def test_the_call_is_logged_with_the_number_that_was_called_back(world, asta):
    add(asta, number="+4670000001")
    Contact.objects.filter(phone="+4670000001").update(phone="+4613000099")
    number = Case.objects.get().number
    page = asta.get(f"/console/cases/{number}?write=call&phone=%2B4670000001").content.decode()

    assert 'name="phone" type="tel" value="+4670000001"' in page


def test_attempts_are_listed_and_the_customer_still_waits(world, asta):
    add(asta)
    log(Case.objects.get(), world, reached=False)
    page = asta.get(LIST).content.decode()

    assert "Bo Ström: no answer" in page


def test_what_they_said_is_heard_where_it_is_called_back(world, asta):
    add(asta)
    Voicemail.objects.update(playable_sha256="a" * 64, peaks=[10, 80, 20], seconds=3)
    page = asta.get(LIST).content.decode()

    assert f'src="/console/voicemails/{Voicemail.objects.get().pk}/audio"' in page


def test_who_was_spoken_to_waits_no_more(world, asta):
    add(asta)
    log(Case.objects.get(), world, reached=True)

    assert "Nobody waits for a call" in asta.get(LIST).content.decode()


def test_a_withheld_number_is_said_and_not_dialled(asta):
    add(asta, number="")
    page = asta.get(LIST).content.decode()

    assert "The number is withheld" in page
    assert 'href="tel:' not in page


def test_more_than_a_page_are_counted(world, asta, monkeypatch):
    monkeypatch.setattr("dueline.console.views.call_backs._ROWS", 2)
    for number in range(3):
        Contact.objects.create(
            name=f"N{number}", phone=f"+4670000000{number}", created_at=timezone.now()
        )
        add(asta, number=f"+4670000000{number}", hz=300 + number)

    assert "One more waits" in asta.get(LIST).content.decode()


def test_the_list_takes_the_same_statements_however_long_it_is(
    world, asta, django_assert_num_queries
):
    add(asta, hz=300)
    with django_assert_num_queries(4):
        call_backs()
    add(asta, number="+46851234500", hz=400)
    with django_assert_num_queries(4):
        assert len(call_backs()) == 2


# --- the case ----------------------------------------------------------------------------------


def test_the_case_tells_who_spoke_when_and_asks_how_bad_it_is(world, asta):
    add(asta)
    page = asta.get(f"/console/cases/{Case.objects.get().number}").content.decode()

    assert "+46 70 123 45 67" in page
    assert "hung up" in page
    assert "Nobody has said how bad it is." in page


def test_one_click_writes_down_what_the_caller_says(world, asta):
    add(asta)
    row = Voicemail.objects.get()
    response = asta.post(f"/console/voicemails/{row.pk}/priority", {"priority": "critical"})

    case = Case.objects.get()
    assert response.headers["Location"] == f"/console/cases/{case.number}#left-{row.pk}"
    assert case.priority == "critical"
    page = asta.get(f"/console/cases/{case.number}").content.decode()
    assert "Critical, as Asta Lind heard it" in page
    assert "Nobody has said how bad it is." not in page


def test_saying_normal_is_an_answer_too_and_open_pages_hear_of_it(world, asta):
    add(asta)
    before = Case.objects.get()
    asta.post(f"/console/voicemails/{Voicemail.objects.get().pk}/priority", {"priority": "normal"})

    assert Voicemail.objects.get().stated_by == "person"
    assert Case.objects.get().version > before.version


def test_a_word_that_is_no_priority_changes_nothing(world, asta):
    add(asta)
    asta.post(f"/console/voicemails/{Voicemail.objects.get().pk}/priority", {"priority": "huge"})

    assert Voicemail.objects.get().stated_priority == ""


def test_where_no_hang_up_is_known_the_page_says_so(world, asta):
    add(asta)
    Voicemail.objects.update(hung_up_is_told=False)
    page = asta.get(f"/console/cases/{Case.objects.get().number}").content.decode()

    assert "nobody says when they hung up" in page


# --- the customer ------------------------------------------------------------------------------


def test_the_customer_sees_that_they_spoke_and_nothing_that_is_ours(world, asta, enter):
    Desk.objects.update(keypad={"1": "critical"})
    add(asta)
    Voicemail.objects.update(transcript="zwickelnote", keyed="1", caller_name="zwickelname")
    case = Case.objects.get()
    page = enter(world.cleo).get(f"/cases/{case.number}").content.decode()

    assert "You left a voicemail." in page
    assert "call.wav" in page
    for internal in ("zwickel", "hung up", "pressed", "Nobody has said"):
        assert internal not in page


def test_nobody_of_another_company_reaches_the_recording(world, asta, enter):
    add(asta)
    case, row = Case.objects.get(), Voicemail.objects.get()
    file = f"/cases/{case.number}/files/{row.attachment_id}"

    assert enter(world.cleo).get(file).status_code == 200
    eve = enter(world.eve)
    assert eve.get(file).status_code == 404
    assert eve.get(f"/cases/{case.number}").status_code == 404
    assert eve.get(LIST).status_code == 404
    assert (
        eve.post(f"/console/voicemails/{row.pk}/priority", {"priority": "low"}).status_code == 404
    )


def log(case, world, *, reached: bool) -> None:
    now = timezone.now().replace(microsecond=0)
    messages.log_call(
        case.pk, reached=reached, direction="out", happened_at=now, actor=world.bo, at=now
    )
