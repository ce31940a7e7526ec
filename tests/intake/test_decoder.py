import io
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from dueline.core.audio import drawn_peaks, kind_of_audio
from dueline.intake.phone import decoder
from dueline.intake.phone.playable import Decoder, Silent
from tests import recordings

KINDS = {
    "PCM in a WAV": (".wav", lambda: recordings.wav()),
    "two channels": (".wav", lambda: recordings.wav(rate=44_100, channels=2, seconds=3)),
    "µ-law in a WAV": (".wav", lambda: recordings.encoded("wav", "pcm_mulaw")),
    "A-law in a WAV": (".wav", lambda: recordings.encoded("wav", "pcm_alaw")),
    "ADPCM in a WAV": (".wav", lambda: recordings.encoded("wav", "adpcm_ima_wav")),
    "GSM in a WAV": (".wav", lambda: recordings.wav49(seconds=3)),
    "raw GSM": (".gsm", lambda: recordings.raw_gsm(seconds=3)),
    "MP3": (".mp3", lambda: recordings.encoded("mp3", "libmp3lame", rate=16_000)),
    "M4A": (".m4a", lambda: recordings.encoded("mp4", "aac", rate=16_000)),
    "Ogg Opus": (".ogg", lambda: recordings.encoded("ogg", "libopus", rate=16_000)),
    "AMR": (".amr", lambda: recordings.encoded("amr", "libopencore_amrnb")),
    "FLAC": (".flac", lambda: recordings.encoded("flac", "flac")),
    "WebM": (".webm", lambda: recordings.encoded("webm", "libopus", rate=48_000)),
    "AAC": (".aac", lambda: recordings.encoded("adts", "aac", rate=16_000)),
    "AU": (".au", lambda: recordings.encoded("au", "pcm_mulaw")),
    "AIFF": (".aiff", lambda: recordings.encoded("aiff", "pcm_s16be")),
    "WMA": (".wma", lambda: recordings.encoded("asf", "wmav2", rate=44_100)),
}


@pytest.fixture(scope="module")
def child() -> Iterator[Decoder]:
    child = Decoder()
    yield child
    child.close()


def kept(folder: Path, content: bytes) -> Path:
    path = folder / "recording"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_a_recording_of_any_usual_kind_becomes_one_that_every_browser_plays(kind, child, tmp_path):
    ending, make = KINDS[kind]
    content = make()
    found = kind_of_audio(content[:128])
    assert found is not None
    assert found.ending == ending
    playable = child.make_playable(kept(tmp_path, content))
    assert playable.seconds == 3
    assert playable.is_whole
    assert 50 < len(playable.peaks) <= 200
    with av.open(io.BytesIO(playable.copy), "r", format="mp3") as copy:
        track = copy.streams.audio[0]
        assert (track.codec_context.name, track.channels) == ("mp3float", 1)
        assert sum(frame.samples for frame in copy.decode(audio=0)) / track.rate > 2.9


def test_what_is_drawn_shows_where_somebody_speaks(child, tmp_path):
    # The voice swells from nothing, is loudest after 0.7 s and silent at 1.43 s.
    peaks = child.make_playable(kept(tmp_path, recordings.wav(seconds=1.43))).peaks
    assert max(peaks) == 100
    assert peaks[0] < 20
    assert peaks[-1] < 20
    assert peaks[len(peaks) // 2] > 90


def test_silence_is_drawn_flat_and_a_hiss_stays_low():
    assert drawn_peaks([0] * 1000, full=32_768) == [0] * 200
    assert max(drawn_peaks([30] * 1000, full=32_768)) == 1
    assert drawn_peaks([], full=32_768) == []


def m4a_of(declared: int) -> bytes:
    """An M4A whose head claims that many seconds."""
    content = bytearray(recordings.encoded("mp4", "aac", rate=16_000))
    at = content.index(b"mvhd") + 4 + 4 + 8
    (scale,) = struct.unpack(">I", content[at : at + 4])
    content[at + 4 : at + 8] = struct.pack(">I", min(declared * scale, 2**32 - 1))
    return bytes(content)


def test_f24_what_a_recording_claims_of_its_length_counts_for_nothing(child, tmp_path):
    assert child.make_playable(kept(tmp_path, m4a_of(36_000))).seconds == 3
    content = bytearray(recordings.wav())
    content[40:44] = struct.pack("<I", 8000 * 2 * 36_000)  # ten hours of samples, says the head
    assert child.make_playable(kept(tmp_path, bytes(content))).seconds == 3


@pytest.mark.parametrize("kind", ["PCM in a WAV", "MP3", "Ogg Opus", "AMR", "raw GSM"])
def test_f24_what_is_there_of_a_broken_off_recording_is_played(kind, child, tmp_path):
    content = KINDS[kind][1]()
    playable = child.make_playable(kept(tmp_path, content[: len(content) * 2 // 3]))
    assert playable.seconds == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"RIFF\0\0\0\0WAVE",
        recordings.wav(seconds=0),
        recordings.wav()[:44],
        b"Dear support, the page is down.",
        b"<html><body>404</body></html>",
        b"%PDF-1.7\n" + b"x" * 500,
        b"\xff\xfb\x90\x64" + b"\0" * 3,
        b"ID3" + b"\xff" * 4000,
        b"OggS" + b"\0" * 4000,
        b"\0\0\0\x20ftypM4A " + b"\xff" * 4000,
        b"\x1a\x45\xdf\xa3" + b"\xff" * 4000,
        b"fLaC" + b"\xff" * 4000,
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + b"\xff" * 4000,
        b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\xff\xff\xff\xff\xff\xff" + b"\xff" * 400,
    ],
)
def test_f24_what_is_no_recording_is_said_to_be_none(content, child, tmp_path):
    with pytest.raises(Silent):
        child.make_playable(kept(tmp_path, content))


def test_f24_a_recording_that_never_ends_is_played_as_far_as_the_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(decoder, "MOST_SECONDS", 2)
    path = kept(tmp_path, recordings.raw_gsm(seconds=60))
    _copy, _peaks, seconds, is_whole = decoder.make_playable(path)
    assert seconds == 2
    assert not is_whole


def test_f24_one_that_takes_too_long_ends_its_decoder_and_the_next_is_decoded(tmp_path):
    impatient = Decoder(seconds=0.05)
    with pytest.raises(Silent, match="too long"):
        impatient.make_playable(kept(tmp_path, recordings.raw_gsm(seconds=3000)))
    impatient.child._seconds = 30
    assert impatient.make_playable(kept(tmp_path, recordings.wav())).seconds == 3
    impatient.close()


@pytest.mark.parametrize(
    "lead",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n%s\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '%s'\n",
        "[playlist]\nFile1=%s\n",
        "v=0\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n",
    ],
)
def test_i49_a_list_that_points_to_another_file_is_no_recording(lead, child, tmp_path):
    secret = tmp_path / "other.wav"
    secret.write_bytes(recordings.wav())
    content = (lead % secret if "%s" in lead else lead).encode()
    for disguise in (b"", b"ID3\x03\0\0\0\0\0\0", b"OggS", b"\0\0\0\x14ftypM4A \0\0\0\0isom"):
        with pytest.raises(Silent):
            child.make_playable(kept(tmp_path, disguise + content))


def test_the_worker_itself_loads_no_ffmpeg():
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, dueline.intake.phone.playable; print('av' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(Path(decoder.__file__).parents[3])},
        check=True,
    )
    assert said.stdout.strip() == "False"
