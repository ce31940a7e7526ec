"""A recording on the page of its case: how it stands, who hears it, and to whom it is nothing."""

from datetime import timedelta

import pytest

from dueline.actions import upkeep
from dueline.console.recordings import length, wave
from dueline.core.inbound import File
from dueline.models import Attachment, Voicemail, store
from tests.left_voicemails import left

pytestmark = pytest.mark.django_db
COPY = b"ID3" + bytes(range(256)) * 4


@pytest.fixture
def playable(world, now) -> Voicemail:
    row = left(at=now - timedelta(minutes=5), url="", audio=File("m.wav", "audio/wav", b"RIFF"))
    row.playable_sha256, row.peaks, row.seconds = store.save(COPY), [5, 100, 40], 31
    row.save()
    return row


def page_of(row: Voicemail, client) -> str:
    return client.get(f"/console/cases/{row.case.number}").content.decode()


def test_i09_a_recording_is_heard_by_colleagues_alone(playable, world, enter, client):
    address = f"/console/voicemails/{playable.pk}/audio"
    assert client.get(address).status_code == 302
    assert enter(world.cleo).get(address).status_code == 404
    assert enter(world.eve).get(address).status_code == 404
    assert enter(world.asta).get("/console/voicemails/999/audio").status_code == 404
    answer = enter(world.asta).get(address)
    assert (answer.status_code, answer.content) == (200, COPY)
    assert answer["Content-Type"] == "audio/mpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "said", "part"),
    [
        ("bytes=0-99", "bytes 0-99/1027", COPY[:100]),
        ("bytes=1000-", "bytes 1000-1026/1027", COPY[1000:]),
        ("bytes=1000-9999", "bytes 1000-1026/1027", COPY[1000:]),
        ("bytes=-27", "bytes 1000-1026/1027", COPY[1000:]),
        ("bytes=-9999", "bytes 0-1026/1027", COPY),
    ],
)
def test_a_player_gets_the_part_that_it_asks_for(asked, said, part, playable, world, enter):
    answer = enter(world.asta).get(
        f"/console/voicemails/{playable.pk}/audio", headers={"Range": asked}
    )
    assert (answer.status_code, answer.content) == (206, part)
    assert answer["Content-Range"] == said


@pytest.mark.parametrize("asked", ["bytes=1027-", "bytes=50-20", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(asked, playable, world, enter):
    address = f"/console/voicemails/{playable.pk}/audio"
    answer = enter(world.asta).get(address, headers={"Range": asked})
    assert answer.status_code == 416
    assert answer["Content-Range"] == "bytes */1027"


@pytest.mark.parametrize("asked", ["", "bytes=", "bytes=-", "lines=1-2", "bytes=0-1,3-4"])
def test_whoever_asks_for_no_part_gets_the_whole(asked, playable, world, enter):
    address = f"/console/voicemails/{playable.pk}/audio"
    assert enter(world.asta).get(address, headers={"Range": asked}).status_code == 200


def test_a_recording_in_which_a_virus_was_found_is_not_played(playable, world, enter):
    Attachment.objects.update(scan="found")
    assert enter(world.asta).get(f"/console/voicemails/{playable.pk}/audio").status_code == 404


def test_the_page_shows_a_player_and_the_recording_as_it_came(playable, world, enter):
    page = page_of(playable, enter(world.asta))
    assert f'src="/console/voicemails/{playable.pk}/audio"' in page
    assert 'preload="none"' in page
    assert wave([5, 100, 40]) in page
    assert "0:31" in page
    assert f"/console/files/{playable.attachment_id}" in page


def test_the_page_says_how_a_recording_stands_that_cannot_be_played(world, now, enter):
    row = left(at=now - timedelta(minutes=5))
    asta = enter(world.asta)
    assert "The recording is being fetched." in page_of(row, asta)
    Voicemail.objects.update(audio_error="the other side answered 404")
    assert "Reason: the other side answered 404." in page_of(row, asta)

    Voicemail.objects.update(
        audio="missing", audio_next_at=None, audio_error="nobody answers there"
    )
    page = page_of(row, asta)
    assert "Audio missing." in page
    assert "Nobody answers where it lies." in page
    assert "Try once more" in page

    Voicemail.objects.update(audio="kept", audio_error="")
    assert "being prepared" in page_of(row, asta)
    Voicemail.objects.update(audio_error="it is broken")
    assert "It cannot be played here." in page_of(row, asta)
    assert "<audio" not in page_of(row, asta)


def test_f24_a_missing_recording_is_asked_for_once_more(world, now, enter):
    row = left(at=now - timedelta(days=2))
    Voicemail.objects.update(audio="missing", audio_next_at=None, audio_error="it takes too long")
    address = f"/console/voicemails/{row.pk}/fetching"
    assert enter(world.cleo).post(address).status_code == 404
    answer = enter(world.asta).post(address)
    assert (answer.status_code, answer["Location"].endswith(f"#voicemail-{row.pk}")) == (302, True)
    row.refresh_from_db()
    assert (row.audio, row.audio_next_at is not None) == ("waiting", True)
    assert enter(world.asta).post(address).status_code == 409  # it is under way


def test_who_listens_says_so_with_a_button(playable, world, enter):
    address = f"/console/voicemails/{playable.pk}/hearing"
    assert enter(world.cleo).post(address).status_code == 404
    assert enter(world.asta).get(address).status_code == 405
    assert enter(world.asta).post(address).status_code == 302
    page = page_of(playable, enter(world.bo))
    assert "Asta Lind listened" in page
    assert "I have listened" not in page


def test_what_a_machine_understood_is_for_colleagues_and_says_what_it_is(playable, world, enter):
    Voicemail.objects.update(transcript="the zwickel is down")
    page = page_of(playable, enter(world.asta))
    assert "the zwickel is down" in page
    assert "it may be wrong" in page
    for address in ("/cases", f"/cases/{playable.case.number}"):
        assert "zwickel" not in enter(world.cleo).get(address).content.decode()


def test_the_company_of_the_caller_may_have_the_recording_as_it_came(playable, world, enter):
    number, file = playable.case.number, playable.attachment_id
    answer = enter(world.cleo).get(f"/cases/{number}/files/{file}")
    assert answer.content == b"RIFF"
    assert answer["Content-Disposition"].startswith("attachment")
    assert enter(world.eve).get(f"/cases/{number}/files/{file}").status_code == 404


def test_a_copy_that_is_played_is_not_swept_away(playable, now):
    upkeep.clean_up(at=now + timedelta(days=9))
    assert store.read(playable.playable_sha256) == COPY


def test_a_length_is_said_as_players_do():
    assert [length(seconds) for seconds in (0, 7, 61, 3723)] == ["0:00", "0:07", "1:01", "1:02:03"]


def test_a_waveform_is_a_bar_for_each_peak_and_silence_is_a_line():
    assert wave([100, 0]) == "M1 0v100M4 48v3"
    assert wave([]) == ""
