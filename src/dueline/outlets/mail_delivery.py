"""From the outbox to the mail server: claim one mail, send it, record what became of it."""

import time

from dueline.actions import outbox
from dueline.actions.bounces import return_address
from dueline.core.errors import GiveUp, TryLater
from dueline.core.instants import now
from dueline.models import Desk, OutboxItem, store
from dueline.outlets.mail import AnswerLost, File, Letter, Server, ServerDown, send
from dueline.outlets.signing import Signature
from dueline.queries.attachments import files_to_send

_SIGN_OF_LIFE = outbox.LEASE.total_seconds() / 8  # seconds between two

_AUTO_SUBMITTED = {
    OutboxItem.Purpose.ACKNOWLEDGEMENT: "auto-replied",
    OutboxItem.Purpose.REPLY: "",  # a person wrote it
    OutboxItem.Purpose.LETTER: "auto-generated",
    OutboxItem.Purpose.NOTICE: "auto-generated",
    OutboxItem.Purpose.PAGE: "auto-generated",
    OutboxItem.Purpose.SHEET: "auto-generated",
    OutboxItem.Purpose.SIGN_IN: "auto-generated",
    OutboxItem.Purpose.INVITE: "auto-generated",
}


def deliver_next() -> bool:
    """Deliver the mail that has waited longest. False: there is nothing to do for now."""
    desk = Desk.objects.filter(pk=1).exclude(smtp_host="").first()
    if desk is None:
        return False  # nothing leaves the house: the mails wait, and a page shows them
    item = outbox.claim_next(at=now())
    if item is None:
        return False
    return _deliver(item, desk)


def _deliver(item: OutboxItem, desk: Desk) -> bool:
    lease = _Lease(item)
    try:
        sent = send(
            letter_of(item, desk),
            server_of(desk),
            still_ours=lease.is_ours,
            begin=lease.begin,
            signature=signature_of(desk),
        )
    except ServerDown as error:
        outbox.record_server_down(item, why=str(error), at=now())
        return False
    except AnswerLost as error:
        outbox.record_cut_off(item, why=str(error), at=now())
    except TryLater as error:
        outbox.record_delay(item, why=str(error), at=now())
    except GiveUp as error:
        outbox.record_refusal(item, why=str(error), at=now())
    except Exception as error:
        outbox.record_mishap(item, why=f"{type(error).__name__}: {error}", at=now())
        raise
    else:
        if sent:
            outbox.record_sent(item, at=now())
    return True


def letter_of(item: OutboxItem, desk: Desk) -> Letter:
    """Return the letter of an outbox row. Raises TryLater when its files cannot be read now."""
    return Letter(
        from_name=item.from_name or desk.name,
        from_address=item.from_address or desk.mail_address,
        to_name=item.to_name,
        to_address=item.to_address,
        subject=item.subject,
        text=item.text,
        mail_id=item.mail_id,
        written_at=item.created_at,
        reply_to=item.reply_to,
        return_path=return_address(item, desk.mail_address),
        in_reply_to=item.in_reply_to,
        references=item.references,
        auto_submitted=_AUTO_SUBMITTED[OutboxItem.Purpose(item.purpose)],
        files=_files(item),
        html=item.html,
        shown_to=_people(item.shown_to),
        shown_cc=_people(item.shown_cc),
        unsubscribe_url=item.unsubscribe_url,
    )


def _people(shown: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, address) for name, address in shown)


def _files(item: OutboxItem) -> tuple[File, ...]:
    if item.purpose != OutboxItem.Purpose.REPLY and not item.file_sha256:
        return ()
    try:
        if item.file_sha256:
            return (File(item.file_name, "application/pdf", store.read(item.file_sha256)),)
        if item.message_id is None:
            return ()
        return tuple(
            File(row.name, row.media_type, store.read(row.sha256))
            for row in files_to_send(item.message_id)
        )
    except OSError as error:
        raise TryLater(f"A file of this mail cannot be read: {error.strerror}") from error


def server_of(desk: Desk) -> Server:
    return Server(
        host=desk.smtp_host,
        port=desk.smtp_port,
        security=desk.smtp_security,
        username=desk.smtp_username,
        password=desk.smtp_password,
    )


def signature_of(desk: Desk) -> Signature | None:
    """Return how the desk signs its mails. None: it does not."""
    if not (desk.dkim_domain and desk.dkim_selector and desk.dkim_key):
        return None
    return Signature(desk.dkim_domain, desk.dkim_selector, desk.dkim_key)


class _Lease:
    """The claim on a mail while it is being sent, prolonged every few seconds."""

    def __init__(self, item: OutboxItem) -> None:
        self._item = item
        self._shown_at = time.monotonic()

    def is_ours(self) -> bool:
        if time.monotonic() - self._shown_at < _SIGN_OF_LIFE:
            return True
        self._shown_at = time.monotonic()
        return outbox.keep(self._item, at=now())

    def begin(self) -> bool:
        self._shown_at = time.monotonic()
        return outbox.begin_transmission(self._item, at=now())
