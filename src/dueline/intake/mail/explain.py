"""What the desk would make of a mail, and why. Reads, and writes nothing.

Works without a desk too: this module imports Django only when there is one to ask.
"""

from dataclasses import dataclass
from typing import Any

from dueline.core.inbound import Inbound, Voicemail
from dueline.core.matching import Decision, Facts, Verdict, decide
from dueline.core.trust import NOT_CHECKED, Trust
from dueline.intake.mail.child import Reader, Unreadable
from dueline.intake.mail.trust import Checker, Envelope, Settings

_NOBODY_LOOKS = Settings(checks=False)


@dataclass(frozen=True, slots=True)
class KnownDesk:
    """secret "": there is no desk, and no mail can be an answer to one of its mails.

    checks: how it finds out who sent a mail. Who brought it is not known here, nor when.
    """

    secret: str = ""
    mail_address: str = ""
    region: str = "SE"
    checks: Settings = _NOBODY_LOOKS

    def explain(self, reader: Reader, raw: bytes) -> dict[str, Any]:
        """Return what is read in a mail and what would be decided."""
        try:
            inbound = reader.read(raw, region=self.region)
        except Unreadable as why:
            held = Decision(Verdict.HOLD, f"It could not be read: {why}.")
            return _told(Inbound(channel="mail"), held, NOT_CHECKED)
        trust = self._trust(inbound, raw)
        return _told(inbound, decide(inbound, self._facts(inbound, trust)), trust)

    def _trust(self, inbound: Inbound, raw: bytes) -> Trust:
        checker = Checker()
        try:
            return checker.look(
                raw, sender=inbound.sender_address, envelope=Envelope(), settings=self.checks
            )
        finally:
            checker.close()

    def _facts(self, inbound: Inbound, trust: Trust) -> Facts:
        if not self.secret:
            return Facts()
        from dueline.queries.inbox import facts_for

        return facts_for(
            inbound,
            rcpt_to=(),
            secret=self.secret,
            mail_address=self.mail_address,
            trust=trust,
        )


NO_DESK = KnownDesk()


def open_desk() -> KnownDesk:
    """Return the desk of the data folder (Django is ready), or `NO_DESK` before its set-up."""
    from django.conf import settings

    from dueline.intake.read_inbox import trust_settings
    from dueline.models import Desk
    from dueline.queries.inbox import region_of

    desk = Desk.objects.first()
    if desk is None:
        return NO_DESK
    return KnownDesk(
        settings.SECRET_KEY, desk.mail_address, region_of(desk.zone), trust_settings(desk)
    )


def _told(inbound: Inbound, decision: Decision, trust: Trust) -> dict[str, Any]:
    particulars = inbound.particulars
    return {
        "subject": inbound.subject,
        "from": inbound.sender_address,
        "from_name": inbound.sender_name,
        "to": list(inbound.to),
        "cc": list(inbound.cc),
        "message_id": inbound.mail_id,
        "sent_at": inbound.sent_at.isoformat() if inbound.sent_at else "",
        "text": inbound.text,
        "reply_text": inbound.reply_text,
        "html": inbound.html,
        "attachments": [
            {
                "name": file.name,
                "type": file.media_type,
                "size": len(file.content),
                "inline": file.is_inline,
            }
            for file in inbound.files
        ],
        "particulars": {
            "name": particulars.name or inbound.sender_name,
            "phone": particulars.phone,
            "priority": particulars.priority.value if particulars.priority else "",
        },
        **({"voicemail": _heard(inbound.voicemail)} if inbound.voicemail else {}),
        **({"sender": {**trust.as_facts(), "because": trust.reason}} if trust.by else {}),
        "machine_class": decision.machine.value,
        "acknowledged": decision.acknowledge,
        "decision": decision.verdict.value,
        "reason": decision.reason,
        "warnings": [*inbound.warnings, *decision.warnings],
    }


def _heard(voicemail: Voicemail) -> dict[str, Any]:
    """Return what a mail claims of a voicemail: whether it is believed hangs on its sender."""
    priority = voicemail.stated_priority
    return {
        "system": voicemail.source,
        "recording": voicemail.recording_id,
        "number": voicemail.from_number,
        "name": voicemail.caller_name,
        "to": voicemail.to_number,
        "hung_up_at": voicemail.hung_up_at.isoformat() if voicemail.hung_up_at else "",
        "seconds": voicemail.seconds,
        "keys": voicemail.keyed,
        "urgent": voicemail.is_urgent,
        "priority": priority.value if priority else "",
        "audio": voicemail.audio.name if voicemail.audio else "",
        "transcript": voicemail.transcript,
    }
