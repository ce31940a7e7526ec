"""The recordings of voicemails: fetched from where they lie, made playable, heard.

    claim_next → keep_fetched → claim_next → keep_playable | keep_silent
               ↘ put_off (for a day) → missing → try_again by hand

A claim is a lease with a number, as that of the inbox. The case and its clocks wait for none of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from dueline.actions.cases import agents_only
from dueline.core.audience import Person
from dueline.core.audio import Kind
from dueline.core.errors import Refusal
from dueline.models import Attachment, HeldFile, HeldRequest, Message, Voicemail
from dueline.queries.cases import visible_to

Audio = Voicemail.Audio

LEASE = timedelta(minutes=10)  # to fetch and to decode take four each at most
GIVEN_UP_AFTER = timedelta(hours=24)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
_LONGEST_ERROR = 300
_NO_PLACE = "there is no request any more to which it belongs"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A recording that is ours to work on until the lease ends.

    url: where it lies; "" if it is kept, and is to be made playable: `sha256`.
    """

    voicemail_id: int
    claim: int
    source: str
    url: str
    sha256: str
    is_found: bool  # a virus scanner found something in it


def claim_next(*, at: datetime) -> Claimed | None:
    """Take the recording that is due longest and that nobody works on; None if there is none."""
    due = Voicemail.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lt=at),
        Q(audio=Audio.WAITING) | Q(audio=Audio.KEPT, attachment__isnull=False),
        audio_next_at__lte=at,
    )
    for row in due.select_related("attachment").order_by("audio_next_at", "id")[:5]:
        ours = Voicemail.objects.filter(pk=row.pk, claim=row.claim, audio_next_at__isnull=False)
        if ours.update(claim=row.claim + 1, claimed_until=at + LEASE):
            return _claimed(row)
    return None


def _claimed(row: Voicemail) -> Claimed:
    file = row.attachment
    return Claimed(
        row.pk,
        row.claim + 1,
        row.source,
        row.audio_url if row.audio == Audio.WAITING else "",
        file.sha256 if file else "",
        file is not None and file.scan == Attachment.Scan.FOUND,
    )


def _ours(claimed: Claimed) -> QuerySet[Voicemail]:
    return Voicemail.objects.filter(pk=claimed.voicemail_id, claim=claimed.claim)


# --- fetching ----------------------------------------------------------------------------------


def keep_fetched(
    claimed: Claimed, *, sha256: str, size: int, kind: Kind, at: datetime
) -> Attachment | None:
    """Attach a recording that was fetched to what its caller said; the bytes lie in the store.

    None: it waits with a held request, or somebody else has fetched it meanwhile.
    """
    with transaction.atomic():
        # The fence, and the row is ours until the end of the transaction.
        if not _ours(claimed).update(claimed_until=None):
            return None
        row = Voicemail.objects.get(pk=claimed.voicemail_id)
        if row.audio != Audio.WAITING:
            return None
        file = _attach(row, f"voicemail{kind.ending}", kind.media_type, size, sha256)
        if file is None and not _hold(
            row, f"voicemail{kind.ending}", kind.media_type, size, sha256
        ):
            _end(row, because=_NO_PLACE)
            return None
        row.audio, row.attachment = Audio.KEPT, file
        row.audio_error, row.audio_next_at = "", at if file else None
        row.save(update_fields=["audio", "attachment", "audio_error", "audio_next_at"])
    return file


def _attach(
    row: Voicemail, name: str, media_type: str, size: int, sha256: str
) -> Attachment | None:
    message = Message.objects.filter(inbox_item=row.item_id).order_by("id").first()
    if message is None:
        return None
    return Attachment.objects.create(
        message=message, name=name, media_type=media_type, size=size, sha256=sha256
    )


def _hold(row: Voicemail, name: str, media_type: str, size: int, sha256: str) -> bool:
    """Keep it with a request that waits for a super-user; False if none does."""
    held = HeldRequest.objects.filter(inbox_item=row.item_id, decided_at=None).first()
    if held is not None:
        HeldFile.objects.create(
            request=held, name=name, media_type=media_type, size=size, sha256=sha256
        )
    return held is not None


def put_off(claimed: Claimed, *, because: str, at: datetime) -> None:
    """Try to fetch it once more later; a day after the voicemail arrived it is missing (F24)."""
    with transaction.atomic():
        if not _ours(claimed).update(claimed_until=None):
            return
        row = Voicemail.objects.select_related("item").get(pk=claimed.voicemail_id)
        pause = min(_FIRST_PAUSE * 2 ** min(row.audio_tries, 12), _LONGEST_PAUSE)
        if at + pause > row.item.received_at + GIVEN_UP_AFTER:
            _end(row, because=because)
            return
        row.audio_tries += 1
        row.audio_next_at, row.audio_error = at + pause, because[:_LONGEST_ERROR]
        row.save(update_fields=["audio_tries", "audio_next_at", "audio_error"])


def give_up(claimed: Claimed, *, because: str) -> None:
    """Say that a recording is missing: asking again would change nothing."""
    with transaction.atomic():
        if _ours(claimed).update(claimed_until=None):
            _end(Voicemail.objects.get(pk=claimed.voicemail_id), because=because)


def _end(row: Voicemail, *, because: str) -> None:
    row.audio, row.audio_error, row.audio_next_at = Audio.MISSING, because[:_LONGEST_ERROR], None
    row.save(update_fields=["audio", "audio_error", "audio_next_at"])


# --- making it playable ------------------------------------------------------------------------


def keep_playable(
    claimed: Claimed, *, sha256: str, peaks: Sequence[int], seconds: int | None
) -> bool:
    """Keep a copy that browsers play, and what is drawn of it. False: the claim was lost.

    seconds: how long it is, where nobody has told; None: longer than was listened to.
    """
    ours = _ours(claimed)
    if not ours.update(
        playable_sha256=sha256,
        peaks=list(peaks),
        audio_error="",
        audio_next_at=None,
        claimed_until=None,
    ):
        return False
    if seconds is not None:
        ours.filter(seconds=None).update(seconds=seconds)
    return True


def keep_silent(claimed: Claimed, *, because: str) -> None:
    """Say that a recording cannot be played here; it is handed out as it came."""
    _ours(claimed).update(
        audio_error=because[:_LONGEST_ERROR], audio_next_at=None, claimed_until=None
    )


def keep_transcript(voicemail_id: int, *, text: str) -> None:
    """Keep what a machine understood. It is shown to colleagues, and nothing is made of it."""
    Voicemail.objects.filter(pk=voicemail_id, transcript="").update(transcript=text)


# --- what people do ----------------------------------------------------------------------------


def try_again(voicemail_id: int, *, actor: Person, at: datetime) -> Voicemail:
    """Fetch a missing recording once more, or decode one that could not be.

    Raises Refusal("not-now") where there is nothing to try.
    """
    with transaction.atomic():
        row = of_a_case(voicemail_id, actor)
        if row.audio == Audio.MISSING and not row.audio_url:
            raise Refusal("not-now", "Nobody has said where the recording lies.")
        if row.audio != Audio.MISSING and (row.playable_sha256 or not row.audio_error):
            raise Refusal("not-now", "The recording is there.")
        if row.audio == Audio.MISSING:
            row.audio = Audio.WAITING
        row.audio_next_at, row.audio_error = at, ""
        row.save(update_fields=["audio", "audio_next_at", "audio_error"])
    return row


def note_heard(voicemail_id: int, *, actor: Person, at: datetime) -> Voicemail:
    """Write down who listened first, and when; later listeners change nothing."""
    row = of_a_case(voicemail_id, actor)
    Voicemail.objects.filter(pk=voicemail_id, heard_at=None).update(
        heard_at=at, heard_by_id=actor.id
    )
    return row


def of_a_case(voicemail_id: int, actor: Person) -> Voicemail:
    """Return a voicemail that is part of a case. For agents. Raises Refusal("not-found")."""
    agents_only(actor)
    row = Voicemail.objects.filter(pk=voicemail_id, case__in=visible_to(actor)).first()
    if row is None:
        raise Refusal("not-found", "There is no such voicemail.")
    return row
