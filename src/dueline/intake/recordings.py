"""The worker's job that fetches recordings and makes them playable. One recording a call."""

import re
import tempfile
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from dueline.actions import recordings
from dueline.actions.recordings import Claimed
from dueline.core.audio import HEAD, Kind, kind_of_audio
from dueline.core.errors import GiveUp, TryLater
from dueline.intake.phone.playable import Decoder, Silent
from dueline.intake.phone.voicemails import source_of
from dueline.intake.safe_fetch import Bounds, fetch
from dueline.models import PhoneWebhook, store

# What storages call a recording; whether it is one, its bytes tell.
_KINDS = ("audio/", "video/", "application/octet-stream", "binary/octet-stream", "application/ogg")
_SECONDS = 240
_TWILIO_ACCOUNT = re.compile(r"/Accounts/(AC[0-9a-f]{32})/")
_decoder = Decoder()


def next_step(at: datetime) -> bool:
    """Fetch the recording that is due longest, or make it playable. False: none is due."""
    claimed = recordings.claim_next(at=at)
    if claimed is None:
        return False
    if claimed.url:
        _fetch(claimed, at=at)
    else:
        _make_playable(claimed)
    return True


def stop() -> None:
    """End what decoding keeps running between two recordings."""
    _decoder.close()


def _fetch(claimed: Claimed, *, at: datetime) -> None:
    try:
        sha256, size, kind = _fetched(claimed)
    except TryLater as trouble:
        recordings.put_off(claimed, because=str(trouble), at=at)
    except GiveUp as trouble:
        # Who must act sees it on the case: whoever calls the customer back.
        recordings.give_up(claimed, because=str(trouble))
    else:
        recordings.keep_fetched(claimed, sha256=sha256, size=size, kind=kind, at=at)


def _fetched(claimed: Claimed) -> tuple[str, int, Kind]:
    bounds = Bounds(
        seconds=_SECONDS,
        size=settings.LARGEST_RECORDING,
        kinds=_KINDS,
        allowed=frozenset(settings.FETCH_ALLOWED),
    )
    # On the disk at once: a hundred megabytes are no load for the memory of a worker.
    with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
        account = account_for(claimed.url, source=claimed.source)
        fetched = fetch(claimed.url, into=file, bounds=bounds, account=account)
        file.seek(0)
        kind = kind_of_audio(file.read(HEAD))
        if kind is None:
            # Some say "it is being prepared" with a page, and 200.
            raise TryLater("what lies there is no recording")
        return store.save_file(file), fetched.size, kind


def account_for(url: str, *, source: str) -> tuple[str, str] | None:
    """Return with which name and password a recording is asked for; None: with none.

    Twilio's token signs its callbacks, and opens its recordings where it was set up so. It goes to
    Twilio alone, sealed, whatever address a callback names.
    """
    parts = urlsplit(url)
    account = _TWILIO_ACCOUNT.search(parts.path)
    is_twilio = parts.scheme == "https" and (parts.hostname or "").endswith(".twilio.com")
    if not is_twilio or account is None:
        return None
    for webhook in PhoneWebhook.objects.filter(provider=PhoneWebhook.Provider.TWILIO):
        if source_of(webhook.pk) == source:
            return account[1], webhook.signing_key
    return None


def _make_playable(claimed: Claimed) -> None:
    if claimed.is_found:
        recordings.keep_silent(claimed, because="a virus scanner found something in it")
        return
    try:
        playable = _decoder.make_playable(store.path_of(claimed.sha256))
    except Silent as why:
        recordings.keep_silent(claimed, because=str(why))
        return
    recordings.keep_playable(
        claimed,
        sha256=store.save(playable.copy),
        peaks=playable.peaks,
        seconds=playable.seconds if playable.is_whole else None,
    )
