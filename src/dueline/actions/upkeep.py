"""What is swept away when its time is over. Nothing of a case ever is."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connection

from dueline.actions import sheets
from dueline.models import (
    Attachment,
    Attempt,
    DraftFile,
    EmergencySheet,
    GuideEdition,
    HeldFile,
    OutboxItem,
    SentForm,
    SignInLink,
    TakenCallback,
    Voicemail,
    store,
)

State = OutboxItem.State

_LINKS_KEPT = timedelta(days=1)  # beyond their end, to say "this link has expired"
_ATTEMPTS_KEPT = timedelta(days=2)  # longer than anything is rationed over
_FORMS_KEPT = timedelta(days=7)  # a browser sends its last form again when it is restored
# A copy of what was signed with a time is refused for its age. One of Twilio's, which has none, is
# about a call that is over by then: it says nothing new.
_CALLBACKS_KEPT = timedelta(days=90)
_ORPHANS_KEPT = timedelta(hours=24)  # a file is written before the row that names it


def clean_up(*, at: datetime) -> None:
    """Remove expired links, sessions, forms and counted attempts, and files that no row names."""
    SignInLink.objects.filter(expires_at__lt=at - _LINKS_KEPT).delete()
    Attempt.objects.filter(at__lt=at - _ATTEMPTS_KEPT).delete()
    SentForm.objects.filter(sent_at__lt=at - _FORMS_KEPT).delete()
    TakenCallback.objects.filter(taken_at__lt=at - _CALLBACKS_KEPT).delete()
    Session.objects.filter(expire_date__lt=at).delete()
    sheets.forget_old(at=at)
    mailed = _mailed()
    for sha256 in store.untouched_since(at - _ORPHANS_KEPT):
        if sha256 not in mailed and not _is_named(sha256):
            store.remove(sha256, untouched_since=at - _ORPHANS_KEPT)


def _mailed() -> set[str]:
    """Return the files of mails that may still leave. Few: found by state, which has an index."""
    leaving = OutboxItem.objects.filter(state__in=set(State) - {State.SENT, State.CANCELLED})
    return set(leaving.exclude(file_sha256="").values_list("file_sha256", flat=True))


def _is_named(sha256: str) -> bool:
    kept = (Attachment, DraftFile, EmergencySheet, GuideEdition, HeldFile)
    if any(model.objects.filter(sha256=sha256).exists() for model in kept):
        return True
    return Voicemail.objects.filter(playable_sha256=sha256).exists()


def refresh_statistics() -> None:
    """Let SQLite count what its indexes hold: with old counts it may read the queue the long way.

    PostgreSQL does so by itself. The limit keeps it to milliseconds on a desk of any size.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 400")
            cursor.execute("ANALYZE")
