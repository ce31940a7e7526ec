"""Voicemails that somebody has left, taken in as the worker does."""

from datetime import datetime

from dueline.actions import inbox
from dueline.core.inbound import File, Inbound, Voicemail
from dueline.core.matching import decide
from dueline.models import Voicemail as Row
from dueline.queries.inbox import facts_for

CLEO, DAG = "+46701234567", "+46709876543"


def left(
    number: str = CLEO,
    *,
    at: datetime,
    url: str = "https://pbx.example/1.wav",
    audio: File | None = None,
    recording_id: str = "rec-1",
    **more: object,
) -> Row:
    """Let somebody leave a voicemail whose recording lies at an address, or came with it."""
    told = Voicemail("pbx", recording_id, number, hung_up_at=at, audio=audio, audio_url=url, **more)
    files = (audio,) if audio else ()
    inbound = Inbound("voicemail", files=files, digest=recording_id, voicemail=told)
    raw = recording_id.encode()
    item_id = inbox.keep_raw(raw, door="phone", mail_from="", rcpt_to=[], at=at)
    facts = facts_for(inbound, rcpt_to=(), secret="s", mail_address="", door="phone", arrived_at=at)
    claimed = inbox.claim_next(at=at)
    inbox.take_in(
        item_id, claim=claimed.claim, inbound=inbound, decision=decide(inbound, facts), at=at
    )
    return Row.objects.get(recording_id=recording_id)
