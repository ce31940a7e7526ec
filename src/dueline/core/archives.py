"""What lies in an archive, read from its table of contents. Nothing is ever unpacked (i47)."""

from dataclasses import dataclass
from struct import error as StructError
from typing import IO
from zipfile import BadZipFile, ZipFile

MOST_NAMED = 100
MOST_TABLE = 4_000_000  # bytes: what a table of 50,000 files takes


@dataclass(frozen=True, slots=True)
class Packed:
    name: str
    size: int  # unpacked, as the table claims
    is_locked: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """files: the first ones. is_locked: a password is needed for some of them."""

    files: tuple[Packed, ...]
    count: int
    size: int
    is_locked: bool


def contents_of(archive: IO[bytes]) -> Contents | None:
    """Return what the table of a ZIP file says; None: it cannot be read, or is too long."""
    try:
        if not _has_short_table(archive):
            return None
        with ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
    except (BadZipFile, StructError, OSError, ValueError, NotImplementedError, EOFError, KeyError):
        return None
    packed = [
        Packed(_visible(entry.filename), entry.file_size, bool(entry.flag_bits & 1))
        for entry in entries
    ]
    return Contents(
        files=tuple(packed[:MOST_NAMED]),
        count=len(packed),
        size=sum(file.size for file in packed),
        is_locked=any(file.is_locked for file in packed),
    )


def _has_short_table(archive: IO[bytes]) -> bool:
    """Look at the size of the table before the library reads all of it into objects."""
    archive.seek(0, 2)
    length = archive.tell()
    archive.seek(max(0, length - 65_557))  # the end record and the longest comment
    tail = archive.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 16:
        return False
    if tail[max(0, at - 20) :].startswith(b"PK\x06\x07"):
        return False  # the true size stands in another record: nobody mails such an archive
    return int.from_bytes(tail[at + 12 : at + 16], "little") <= MOST_TABLE


def _visible(name: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in name[:300])
