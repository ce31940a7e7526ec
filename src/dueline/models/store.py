"""The file store: attachments under the SHA-256 of their bytes, in the data folder.

A name that a stranger chose never becomes a path (i10, i12). Files are written whole and made
durable before the row that names them is committed; one that no row names is swept after a day.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from dueline.core.crash_points import crash_point

_NEW, _ASIDE = ".new-", ".aside-"  # half written; half removed

_PIECE = 1024 * 1024


def save(content: bytes) -> str:
    """Keep bytes durably and return their SHA-256 in hex. The same bytes are kept once."""
    return save_file(BytesIO(content))


def save_file(content: BinaryIO) -> str:
    """Keep what is in an open file, from its beginning, as `save` does. It need not fit memory."""
    sha256 = _digest(content)
    path = _path(sha256)
    if _touch(path):
        return sha256
    if not path.parent.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _sync_folder(path.parent.parent)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=_NEW)  # mode 0600
    with os.fdopen(descriptor, "wb") as file:
        content.seek(0)
        shutil.copyfileobj(content, file, _PIECE)
        file.flush()
        os.fsync(descriptor)
    crash_point("file.written")
    os.rename(temporary, path)
    _sync_folder(path.parent)
    crash_point("file.kept")
    return sha256


def read(sha256: str) -> bytes:
    """Return the bytes kept under a SHA-256. Raises FileNotFoundError."""
    return _path(sha256).read_bytes()


def read_head(sha256: str, length: int) -> bytes:
    """Return the first bytes of a file; none of one that is gone."""
    try:
        with _path(sha256).open("rb") as file:
            return file.read(length)
    except FileNotFoundError:
        return b""


def path_of(sha256: str) -> Path:
    """Return where a kept file lies, for whoever reads it piece by piece. Nobody writes there."""
    return _path(sha256)


def untouched_since(at: datetime) -> Iterator[str]:
    """Yield the SHA-256 of every kept file that was last saved before an instant.

    What a crash left half written goes here, and what it left half removed comes back.
    """
    for path in (Path(settings.DATA_DIR) / "files").glob("??/*"):
        if not _is_older(path, at):
            continue
        if path.name.startswith(_NEW):
            path.unlink(missing_ok=True)
        elif path.name.startswith(_ASIDE):
            os.replace(path, _path(path.name.removeprefix(_ASIDE)))  # not yet judged
        else:
            yield path.name


def remove(sha256: str, *, untouched_since: datetime) -> None:
    """Remove a file that no row names, unless somebody saves the same bytes just now."""
    path = _path(sha256)
    aside = path.with_name(_ASIDE + sha256)
    # Moved first and judged then: whoever saves from here on no longer finds it, and writes it
    # anew; whoever touched it just before has made it young, and it goes back.
    try:
        os.rename(path, aside)
    except FileNotFoundError:
        return
    if _is_older(aside, untouched_since):
        aside.unlink()
    else:
        os.rename(aside, path)


def _digest(content: BinaryIO) -> str:
    content.seek(0)
    digest = hashlib.sha256()
    while piece := content.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _touch(path: Path) -> bool:
    """Make a kept file young again, so that the sweep leaves it alone. False: there is none."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _is_older(path: Path, at: datetime) -> bool:
    try:
        return path.stat().st_mtime < at.timestamp()
    except FileNotFoundError:
        return False


def _path(sha256: str) -> Path:
    return Path(settings.DATA_DIR) / "files" / sha256[:2] / sha256


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
