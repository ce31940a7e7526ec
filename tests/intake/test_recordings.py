"""A recording that lies elsewhere comes to its case, or is said to be missing; no clock waits."""

import hashlib
import threading
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dueline.actions import held_requests, recordings
from dueline.core.errors import GiveUp, Refusal, TryLater
from dueline.core.inbound import File
from dueline.intake import recordings as job
from dueline.intake.safe_fetch import Fetched
from dueline.models import Attachment, Case, HeldRequest, PhoneWebhook, store
from dueline.models import Voicemail as Row
from tests import left_voicemails
from tests import recordings as sounds
from tests.left_voicemails import DAG
from tests.world import utc

pytestmark = pytest.mark.django_db
NIGHT = utc("2026-11-25T01:10")
SOUND = sounds.wav(seconds=2)
left = partial(left_voicemails.left, at=NIGHT)


@pytest.fixture
def elsewhere(monkeypatch):
    """What lies at the addresses: a list, from which each question takes the first."""
    answers: list[object] = []

    def fetch(url, *, into, bounds, account):
        answer = answers.pop(0) if answers else TryLater("nobody answers there")
        if isinstance(answer, Exception):
            raise answer
        into.write(answer)
        return Fetched("audio/x-wav", len(answer))

    monkeypatch.setattr(job, "fetch", fetch)
    return answers


@pytest.fixture(autouse=True)
def _no_child_is_left():
    yield
    job.stop()


def test_f24_a_case_does_not_wait_for_its_recording(world, elsewhere):
    row = left()
    assert (row.audio, row.attachment) == ("waiting", None)
    callback = Case.objects.get().commitments.get(kind="callback")
    assert callback.started_at == NIGHT
    due_at = callback.due_at
    assert job.next_step(NIGHT)  # … and nobody answers
    callback.refresh_from_db()
    assert callback.due_at == due_at


def test_a_recording_is_fetched_attached_and_made_playable(world, elsewhere):
    row = left()
    elsewhere.append(SOUND)
    assert job.next_step(NIGHT)
    row.refresh_from_db()
    file = row.attachment
    assert row.audio == "kept"
    assert (file.name, file.media_type, file.size) == ("voicemail.wav", "audio/wav", len(SOUND))
    assert file.message.case == row.case
    assert store.read(file.sha256) == SOUND
    assert job.next_step(NIGHT)
    row.refresh_from_db()
    assert store.read(row.playable_sha256)[:3] == b"ID3"
    assert row.seconds == 2
    assert max(row.peaks) == 100
    assert store.read(file.sha256) == SOUND  # as it came
    assert not job.next_step(NIGHT + timedelta(days=2))


def test_f24_a_recording_that_is_gone_is_tried_for_a_day_and_then_missing(world, elsewhere):
    row = left()
    at, tries = NIGHT, 0
    while Row.objects.get().audio == "waiting":
        at = Row.objects.get().audio_next_at
        assert at <= NIGHT + timedelta(hours=24)
        assert job.next_step(at)
        assert not job.next_step(at + timedelta(seconds=20))
        tries += 1
    row.refresh_from_db()
    assert at > NIGHT + timedelta(hours=22)
    assert 20 < tries < 40
    assert (row.audio, row.audio_error) == ("missing", "nobody answers there")
    assert not job.next_step(NIGHT + timedelta(days=9))


def test_f24_a_missing_recording_is_tried_once_more_by_hand(world, elsewhere):
    row = left()
    elsewhere += [GiveUp("it is gone for good (410)"), SOUND]
    job.next_step(NIGHT)
    row.refresh_from_db()
    assert (row.audio, row.audio_error) == ("missing", "it is gone for good (410)")
    later = NIGHT + timedelta(days=3)
    with pytest.raises(Refusal):
        recordings.try_again(row.pk, actor=world.cleo, at=later)
    recordings.try_again(row.pk, actor=world.asta, at=later)
    assert job.next_step(later)
    row.refresh_from_db()
    assert row.audio == "kept"
    with pytest.raises(Refusal, match="is there"):
        recordings.try_again(row.pk, actor=world.asta, at=later)


def test_f24_by_hand_it_is_missing_again_at_once_if_it_is_still_gone(world, elsewhere):
    row = left()
    later = NIGHT + timedelta(days=3)
    Row.objects.update(audio="missing", audio_next_at=None)
    recordings.try_again(row.pk, actor=world.asta, at=later)
    job.next_step(later)
    row.refresh_from_db()
    assert row.audio == "missing"


def test_without_an_address_there_is_nothing_to_try(world):
    row = left(url="")
    assert row.audio == "missing"
    with pytest.raises(Refusal, match="Nobody has said"):
        recordings.try_again(row.pk, actor=world.asta, at=NIGHT)


def test_f24_what_is_no_recording_is_not_attached(world, elsewhere):
    row = left()
    elsewhere += [b"<html>please wait</html>", b"", SOUND]
    for _ in range(3):
        job.next_step(Row.objects.get().audio_next_at)
    row.refresh_from_db()
    assert (row.audio, row.audio_error) == ("kept", "")
    assert Attachment.objects.count() == 1


def test_i49_an_address_in_our_own_house_is_given_up_at_once(world):
    row = left(url="http://169.254.169.254/latest/meta-data/")
    job.next_step(NIGHT)
    row.refresh_from_db()
    assert (row.audio, row.audio_error) == ("missing", "it leads into a private network")


class _Pbx(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(SOUND)))
        self.end_headers()
        self.wfile.write(SOUND)


def test_i49_a_telephone_system_inside_is_asked_where_an_administrator_allows_it(world, settings):
    pbx = ThreadingHTTPServer(("127.0.0.1", 0), _Pbx)
    thread = threading.Thread(target=pbx.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        place = f"127.0.0.1:{pbx.server_address[1]}"
        row = left(url=f"http://{place}/1.wav")
        assert job.next_step(NIGHT)
        row.refresh_from_db()
        assert row.audio == "missing"
        settings.FETCH_ALLOWED = [place]
        recordings.try_again(row.pk, actor=world.asta, at=NIGHT)
        assert job.next_step(NIGHT)
        row.refresh_from_db()
        assert store.read(row.attachment.sha256) == SOUND
        settings.LARGEST_RECORDING = 1000
        Row.objects.update(audio="waiting", audio_next_at=NIGHT)
        assert job.next_step(NIGHT)
        row.refresh_from_db()
        assert (row.audio, row.audio_error) == ("missing", "it is too large")
    finally:
        pbx.shutdown()
        thread.join()
        pbx.server_close()


def test_two_workers_fetch_one_recording_once(world, elsewhere):
    row = left()
    first = recordings.claim_next(at=NIGHT)
    assert recordings.claim_next(at=NIGHT) is None
    after = NIGHT + recordings.LEASE + timedelta(seconds=1)
    second = recordings.claim_next(at=after)  # the first one sleeps
    kind = job.kind_of_audio(SOUND)
    kept = {"sha256": store.save(SOUND), "size": len(SOUND), "kind": kind, "at": after}
    assert recordings.keep_fetched(second, **kept)
    assert recordings.keep_fetched(first, **kept) is None  # … and wakes up
    recordings.give_up(first, because="late")
    row.refresh_from_db()
    assert row.audio == "kept"
    assert Attachment.objects.count() == 1


def test_a_recording_that_cannot_be_played_is_kept_and_says_why(world):
    file = File("msg.wav", "audio/x-wav", b"RIFF of nobody")
    row = left(url="", audio=file)
    assert job.next_step(NIGHT)
    row.refresh_from_db()
    assert (row.audio, row.playable_sha256) == ("kept", "")
    assert row.audio_error == "it is no recording that is known here"
    recordings.try_again(row.pk, actor=world.asta, at=NIGHT)
    assert job.next_step(NIGHT)


def test_a_recording_with_a_virus_is_not_even_decoded(world):
    row = left(url="", audio=File("msg.wav", "audio/x-wav", SOUND))
    Attachment.objects.update(scan="found")
    job.next_step(NIGHT)
    row.refresh_from_db()
    assert "virus" in row.audio_error


def test_a_recording_comes_to_a_request_that_waits_for_a_super_user(world, elsewhere):
    row = left(DAG)
    held = HeldRequest.objects.get()
    elsewhere.append(SOUND)
    job.next_step(NIGHT)
    assert held.files.get().sha256 == hashlib.sha256(SOUND).hexdigest()
    case = held_requests.vouch(held.pk, actor=world.cleo, at=NIGHT + timedelta(minutes=5))
    row.refresh_from_db()
    assert (row.case, row.attachment.message.case) == (case, case)
    assert job.next_step(NIGHT)
    row.refresh_from_db()
    assert row.playable_sha256


def test_who_listened_first_is_written_down(world):
    row = left()
    with pytest.raises(Refusal):
        recordings.note_heard(row.pk, actor=world.cleo, at=NIGHT)
    recordings.note_heard(row.pk, actor=world.asta, at=NIGHT)
    recordings.note_heard(row.pk, actor=world.bo, at=NIGHT + timedelta(hours=1))
    row.refresh_from_db()
    assert (row.heard_by_id, row.heard_at) == (world.asta.id, NIGHT)


SID = "AC" + "0f" * 16


@pytest.mark.parametrize(
    ("url", "is_given"),
    [
        (f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Recordings/RE1", True),
        (f"https://api.dublin.ie1.twilio.com/2010-04-01/Accounts/{SID}/Recordings/RE1", True),
        (f"http://api.twilio.com/2010-04-01/Accounts/{SID}/Recordings/RE1", False),
        (f"https://api.twilio.com.evil.example/Accounts/{SID}/Recordings/RE1", False),
        (f"https://eviltwilio.com/Accounts/{SID}/Recordings/RE1", False),
        ("https://api.twilio.com/2010-04-01/Recordings/RE1", False),
    ],
)
def test_i49_the_token_of_twilio_goes_to_twilio_alone(url, is_given, world):
    hook = PhoneWebhook.objects.create(
        provider="twilio", secret="s", signing_key="token", created_at=NIGHT
    )
    account = job.account_for(url, source=f"webhook {hook.pk}")
    assert account == ((SID, "token") if is_given else None)
    assert job.account_for(url, source="webhook 0") is None
