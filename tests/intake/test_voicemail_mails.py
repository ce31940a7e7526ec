"""Voicemails as telephone systems mail them, each beside what the desk reads in it.

After a change that is meant: `python -m tests.intake.test_voicemail_mails` writes the results
anew; read the difference before it is committed.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dueline.actions.inbox import keep_raw
from dueline.core.voicemails import stated_in
from dueline.intake import read_inbox
from dueline.intake.mail import parse
from dueline.intake.mail.child import Reader
from dueline.intake.mail.explain import NO_DESK
from dueline.models import Case, Desk, InboxItem, Voicemail
from tests.world import utc

FOLDER = Path(__file__).parent.parent / "samples" / "voicemail"
SAMPLES = sorted(FOLDER.rglob("*.eml"))
KEYPAD = {"1": "critical", "4": "low", "urgent": "high"}


def name_of(sample: Path) -> str:
    return str(sample.relative_to(FOLDER).with_suffix(""))


@pytest.fixture(scope="module", autouse=True)
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.close()
    read_inbox.stop()


def test_there_are_samples_of_every_system():
    assert len(SAMPLES) >= 40
    assert {sample.parent.name for sample in SAMPLES} >= {
        "asterisk",
        "freeswitch",
        "3cx",
        "cisco",
        "microsoft",
        "others",
        "none",
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_a_voicemail_is_read_as_the_file_beside_it_says(sample, reader):
    assert reading_of(reader, sample) == json.loads(sample.with_suffix(".json").read_text())


@pytest.mark.parametrize("sample", sorted((FOLDER / "none").glob("*.eml")), ids=name_of)
def test_what_a_person_sends_or_passes_on_is_no_voicemail(sample):
    assert parse.read(sample.read_bytes()).voicemail is None


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_no_text_ever_states_a_priority(sample):
    """Whatever is spoken, transcribed or written in a notice: keys and headers alone count."""
    voicemail = parse.read(sample.read_bytes()).voicemail
    if voicemail and not (voicemail.keyed or voicemail.is_urgent):
        told = b"\nx-voicemail-priority: critical\n" in sample.read_bytes().lower()
        stated = stated_in(voicemail, keypad=KEYPAD).priority
        assert (stated is not None) == told


def test_the_bytes_of_a_recording_go_over_once(reader):
    sample = FOLDER / "asterisk" / "as-shipped.eml"
    inbound = reader.read(sample.read_bytes())

    assert inbound.voicemail is not None
    assert inbound.voicemail.audio is inbound.files[0]
    assert inbound == parse.read(sample.read_bytes())


# --- through the door --------------------------------------------------------------------------


def arrive(sample: str, *, sender: str) -> InboxItem:
    raw = (FOLDER / f"{sample}.eml").read_bytes()
    at = utc("2026-11-25T01:11:30")
    item = keep_raw(raw, door="smtp", mail_from=sender, rcpt_to=["support@desk.example"], at=at)
    assert read_inbox.read_next(at)
    return InboxItem.objects.get(pk=item)


@pytest.mark.django_db
def test_a_mail_of_the_telephone_system_becomes_the_callers_case(world):
    Desk.objects.update(
        voicemail_senders=["asterisk@pbx.example"], keypad=KEYPAD, checks_senders=False
    )
    arrive("asterisk/key-in-a-header", sender="asterisk@pbx.example")

    case = Case.objects.get()
    assert (case.contact_id, case.priority, case.channel) == (
        world.cleo.id,
        "critical",
        "voicemail",
    )
    assert case.commitments.get(kind="callback").due_at == utc("2026-11-25T02:10:45")
    assert case.subject == "Voicemail from +46 70 123 45 67"
    assert Voicemail.objects.get().attachment.name == "msg0000.wav"


@pytest.mark.django_db
@pytest.mark.parametrize("sample", ["microsoft/teams", "others/our-headers"])
def test_a_stranger_who_sends_the_same_speaks_for_no_number(world, sample):
    Desk.objects.update(voicemail_senders=["asterisk@pbx.example"], keypad=KEYPAD)
    arrive(sample, sender="mallory@elsewhere.example")

    assert not Voicemail.objects.exists()
    assert not Case.objects.filter(contact=world.cleo.id).exists()
    assert not Case.objects.filter(priority="critical").exists()


@pytest.mark.django_db
def test_a_mail_that_only_claims_to_be_the_telephone_systems_is_held(world):
    """Also one that calls itself an automatic reply, which nobody checks otherwise."""
    Desk.objects.update(
        voicemail_senders=["noreply@skype.voicemail.example"], trusted_authserv_id="mx.desk.example"
    )
    raw = (
        (FOLDER / "microsoft" / "teams.eml")
        .read_bytes()
        .replace(b"Auto-Submitted: auto-generated", b"Auto-Submitted: auto-replied")
    )
    forged = (
        b"Authentication-Results: mx.desk.example; dmarc=fail header.from=skype.voicemail.example\n"
    )
    at = utc("2026-11-25T01:11:30")
    item = keep_raw(
        forged + raw, door="smtp", mail_from="x@y.example", rcpt_to=["support@desk.example"], at=at
    )
    read_inbox.read_next(at)

    found = InboxItem.objects.get(pk=item)
    assert (found.state, Case.objects.count()) == ("held", 0)
    assert "could not be verified" in found.reason

    case = read_inbox.open_held(item, actor=world.asta, at=at)
    assert (case.channel, case.contact_id) == ("voicemail", world.cleo.id)


# --- the samples -------------------------------------------------------------------------------


def reading_of(reader: Reader, sample: Path) -> dict[str, object]:
    """Return what is read; beside it what it states where the keys have the meaning of a desk."""
    told = NO_DESK.explain(reader, sample.read_bytes()).get("voicemail")
    voicemail = parse.read(sample.read_bytes()).voicemail
    if voicemail is None:
        return {"voicemail": told}
    stated = stated_in(voicemail, keypad=KEYPAD)
    priority = stated.priority.value if stated.priority else ""
    return {"voicemail": told, "stated": priority, "stated_by": stated.by}


def _write_anew() -> None:
    reader = Reader()
    for sample in SAMPLES:
        text = json.dumps(reading_of(reader, sample), ensure_ascii=False, indent=1)
        sample.with_suffix(".json").write_text(text + "\n")
    reader.close()


if __name__ == "__main__":
    _write_anew()
