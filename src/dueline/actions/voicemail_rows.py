"""The one row of a recording, and the case to which it belongs."""

import hashlib
from datetime import datetime
from typing import Any

from dueline.core.events import Kind
from dueline.core.inbound import Inbound, Voicemail
from dueline.core.voicemails import hang_up, stated_in
from dueline.models import Agent, Attachment, Case, Desk, Event, InboxItem
from dueline.models import Voicemail as Row

Audio = Row.Audio


def keep(item: InboxItem, inbound: Inbound, *, at: datetime) -> Row:
    """Store what a telephone system has told of a recording, which belongs to no case yet.

    Raises IntegrityError where another worker has just stored it: the item is tried once more.
    """
    told = inbound.voicemail or Voicemail(source=item.door, recording_id=item.sha256)
    keypad = Desk.objects.values_list("keypad", flat=True).first() or {}
    stated = stated_in(told, keypad=keypad)
    hung_up = hang_up(told.hung_up_at, arrived_at=min(item.received_at, at))
    audio = _audio(told)
    return Row.objects.create(
        item=item,
        source=told.source[:100],
        recording_id=told.recording_id[:200],
        from_number=told.from_number[:60],
        to_number=told.to_number[:60],
        caller_name=told.caller_name[:200],
        hung_up_at=hung_up.at,
        hung_up_is_told=hung_up.is_told,
        seconds=told.seconds,
        stated_priority=stated.priority.value if stated.priority else "",
        stated_by=stated.by,
        keyed=told.keyed[:20],
        audio=audio,
        audio_url=told.audio_url[:1000] if audio == Audio.WAITING else "",
        audio_next_at=at if audio == Audio.WAITING else None,
        transcript=told.transcript,
        **_listener(item, stated.by, at=at),
    )


def _listener(item: InboxItem, by: str, *, at: datetime) -> dict[str, Any]:
    """Return who has heard what is stated: the colleague who brought the recording."""
    if item.door != "upload" or by != "person":
        return {}
    agent_id = Agent.objects.filter(account__email=item.mail_from).values_list("id", flat=True)
    return {"heard_at": at, "heard_by_id": agent_id.first()}


def _audio(told: Voicemail) -> str:
    if told.audio:
        return Audio.KEPT
    return Audio.WAITING if told.audio_url else Audio.MISSING


def put_into(row: Row, case: Case, *, audio_sha256: str = "") -> None:
    """Say to which case a recording belongs, and which of its files the recording is."""
    row.case = case
    row.event = (
        Event.objects.filter(case=case, kind=Kind.CALL_BACK_ASKED, facts__voicemail=row.pk)
        .order_by("-id")
        .first()
    )
    row.attachment = (
        Attachment.objects.filter(
            message__inbox_item_id=row.item_id, message__case=case, sha256=audio_sha256
        )
        .order_by("id")
        .first()
        if audio_sha256
        else None
    )
    found = ["case", "event", "attachment"]
    if row.attachment is not None:
        row.audio_next_at = row.hung_up_at  # due at once: browsers cannot play all that comes
        found.append("audio_next_at")
    row.save(update_fields=found)


def sha256_of(inbound: Inbound) -> str:
    audio = inbound.voicemail.audio if inbound.voicemail else None
    return hashlib.sha256(audio.content).hexdigest() if audio else ""
