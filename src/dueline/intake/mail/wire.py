"""How the worker and the reader's child process talk: frames of JSON and of bytes, no pickle.

What the child says is as untrusted as the mail it has read, so it is only ever data.
"""

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any, BinaryIO

from dueline.core.inbound import File, Inbound, Machine, Particulars, Voicemail
from dueline.core.priorities import Priority

_LENGTH = struct.Struct(">Q")
LONGEST_FRAME = 80 * 1024 * 1024


def write_frame(stream: BinaryIO, content: bytes) -> None:
    stream.write(_LENGTH.pack(len(content)))
    stream.write(content)


def read_frame(stream: BinaryIO) -> bytes:
    """Return the next frame. Raises EOFError when the other side is gone."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    if length > LONGEST_FRAME:
        raise EOFError("a frame is longer than any answer")
    return _exactly(stream, length)


def _exactly(stream: BinaryIO, length: int) -> bytes:
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return content


def write_json(stream: BinaryIO, said: dict[str, Any]) -> None:
    write_frame(stream, json.dumps(said).encode())


def read_json(stream: BinaryIO) -> dict[str, Any]:
    said = json.loads(read_frame(stream))
    if not isinstance(said, dict):
        raise EOFError("not an object")
    return said


def write_inbound(stream: BinaryIO, inbound: Inbound) -> None:
    said = asdict(replace(inbound, files=(), voicemail=None))
    said["voicemail"] = _told(inbound.voicemail, inbound.files) if inbound.voicemail else None
    said["sent_at"] = inbound.sent_at.isoformat() if inbound.sent_at else None
    said["files"] = [
        {
            "name": f.name,
            "media_type": f.media_type,
            "content_id": f.content_id,
            "is_inline": f.is_inline,
        }
        for f in inbound.files
    ]
    write_json(stream, {"inbound": said})
    for file in inbound.files:
        write_frame(stream, file.content)


def _told(voicemail: Voicemail, files: tuple[File, ...]) -> dict[str, Any]:
    told = asdict(replace(voicemail, audio=None))
    # Its bytes go over once, with the files.
    told["audio"] = files.index(voicemail.audio) if voicemail.audio else None
    told["hung_up_at"] = voicemail.hung_up_at.isoformat() if voicemail.hung_up_at else None
    return told


def read_inbound(stream: BinaryIO, said: dict[str, Any]) -> Inbound:
    """Return the message of an answer. said: its JSON; the files' contents follow as frames."""
    known = {name.name for name in fields(Inbound)}
    told = {name: _untupled(value) for name, value in said.items() if name in known}
    told["files"] = tuple(_files(stream, said["files"]))
    told["sent_at"] = datetime.fromisoformat(said["sent_at"]) if said["sent_at"] else None
    told["machine"] = Machine(said["machine"])
    told["particulars"] = _particulars(**said["particulars"])
    told["voicemail"] = (
        _voicemail(told["files"], **said["voicemail"]) if said["voicemail"] else None
    )
    return Inbound(**told)


def _files(stream: BinaryIO, said: list[dict[str, Any]]) -> Iterator[File]:
    for file in said:
        yield File(content=read_frame(stream), **file)


def _particulars(*, name: str, phone: str, priority: str | None) -> Particulars:
    return Particulars(name, phone, Priority(priority) if priority else None)


def _voicemail(
    files: tuple[File, ...],
    *,
    audio: int | None,
    hung_up_at: str | None,
    stated_priority: str | None,
    **told: Any,
) -> Voicemail:
    return Voicemail(
        audio=None if audio is None else files[audio],
        hung_up_at=datetime.fromisoformat(hung_up_at) if hung_up_at else None,
        stated_priority=Priority(stated_priority) if stated_priority else None,
        **told,
    )


def _untupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
