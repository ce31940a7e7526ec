"""The file store: attachments under the SHA-256 of their bytes, in the data folder.

A name that a stranger chose never becomes a path (i10, i12). Files are written whole and made
durable before the row that names them is committed; one that no row names is swept after a day.
"""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings


def save(content: bytes) -> str:
    """Keep bytes durably and return their SHA-256 in hex. The same bytes are kept once."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = _path(sha256)
    if path.exists():
        path.touch()  # young again: the sweep of orphans leaves it alone until its row is there
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # mode 0600
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    os.rename(temporary, path)
    _sync_folder(path.parent)
    return sha256


def read(sha256: str) -> bytes:
    """Return the bytes kept under a SHA-256. Raises FileNotFoundError."""
    return _path(sha256).read_bytes()


def _path(sha256: str) -> Path:
    return Path(settings.DATA_DIR) / "files" / sha256[:2] / sha256


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
