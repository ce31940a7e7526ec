"""Speech into text, if an administrator has set up a service for it. Everything works without.

One function speaks to the service, in OpenAI's protocol, which many services and programs of one's
own machine speak. What comes back is shown to colleagues as a machine's guess, and sets nothing.
"""

import json
import logging
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests

from dueline.actions import recordings
from dueline.core.audio import PLAYABLE
from dueline.core.errors import TryLater
from dueline.core.heard_words import LONGEST
from dueline.core.mail_text import clean_line
from dueline.models import store
from dueline.queries.recordings import Service, next_to_transcribe, speech_service

logger = logging.getLogger(__name__)

_SECONDS = 180  # for all of it, by the clock
_SILENT_SECONDS = 60  # without a byte
_LARGEST_ANSWER = 1024 * 1024
_MOST_TRIES = 3
_REST = 300.0  # seconds before a recording that got no answer is tried again


@dataclass
class _Memory:
    """What this worker knows of recordings that got no answer: lost with it, which does no harm."""

    tries: dict[int, int] = field(default_factory=dict)
    again_at: dict[int, float] = field(default_factory=dict)


_memory = _Memory()


def forget() -> None:
    """Begin anew, as a worker that has just been started."""
    _memory.tries.clear()
    _memory.again_at.clear()


def transcribe_next(at: datetime) -> bool:
    """Let the service read the newest recording that it has not read. False: there is none."""
    service = speech_service()
    waiting = next_to_transcribe(at=at, besides=_resting()) if service else None
    if service is None or waiting is None:
        return False
    try:
        text = transcribe(store.read(waiting.playable_sha256), service)
    except FileNotFoundError:
        text = ""
    except TryLater as trouble:
        logger.warning("A recording was not turned into text: %s", trouble)
        _remember(waiting.id)
        return True
    if text:
        recordings.keep_transcript(waiting.id, text=text)
    else:
        _memory.again_at[waiting.id] = float("inf")  # nobody said a word
    return True


def transcribe(audio: bytes, service: Service) -> str:
    """Return what a service understands of a recording (an MP3). Raises TryLater."""
    until = time.monotonic() + _SECONDS
    headers = {"Authorization": f"Bearer {service.key}"} if service.key else {}
    with requests.Session() as session:
        session.trust_env = False  # no proxy and no password that lies about on this machine
        try:
            with session.post(
                _address(service.url),
                headers=headers,
                data={"model": service.model or "whisper-1", "response_format": "json"},
                files={"file": ("voicemail.mp3", audio, PLAYABLE.media_type)},
                timeout=(10, _SILENT_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as answer:
                if answer.status_code != 200:
                    raise TryLater(f"the service answered {answer.status_code}")
                return _text(_read(answer, until=until))
        except requests.RequestException as error:
            raise TryLater("the service does not answer") from error


def _address(url: str) -> str:
    url = url.rstrip("/")
    return url if url.endswith("/transcriptions") else f"{url}/audio/transcriptions"


def _read(answer: requests.Response, *, until: float) -> bytes:
    content = b""
    for piece in answer.iter_content(16 * 1024):
        content += piece
        if len(content) > _LARGEST_ANSWER or time.monotonic() > until:
            raise TryLater("the service says too much, or too slowly")
    return content


def _text(content: bytes) -> str:
    try:
        said: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise TryLater("the service answers in another way than is known here") from error
    text = said.get("text") if isinstance(said, dict) else None
    if not isinstance(text, str):
        raise TryLater("the service answers in another way than is known here")
    return clean_line(text)[:LONGEST].strip()


def _resting() -> list[int]:
    now = time.monotonic()
    return [id_ for id_, again_at in _memory.again_at.items() if again_at > now]


def _remember(voicemail_id: int) -> None:
    tries = _memory.tries.get(voicemail_id, 0) + 1
    _memory.tries[voicemail_id] = tries
    rest = _REST if tries < _MOST_TRIES else float("inf")
    _memory.again_at[voicemail_id] = time.monotonic() + rest
