"""What a file is, by its first bytes and its name, and whether opening it may do harm (i15)."""

from enum import StrEnum

HEAD = 1024  # bytes that are looked at

# Endings that run programs or scripts when somebody opens them without thinking.
_RUNS = (
    *(".exe", ".com", ".bat", ".cmd", ".scr", ".pif", ".msi", ".msix", ".ps1", ".psm1", ".jar"),
    *(".js", ".jse", ".vbs", ".vbe", ".wsf", ".wsh", ".hta", ".reg", ".cpl", ".lnk", ".url"),
    *(".html", ".htm", ".xhtml", ".shtml", ".mht", ".mhtml", ".svg", ".xsl", ".chm"),
    *(".iso", ".img", ".vhd", ".vhdx", ".one", ".onepkg", ".dmg", ".apk", ".app", ".sh", ".py"),
    *(".docm", ".dotm", ".xlsm", ".xltm", ".xlam", ".pptm", ".potm", ".ppsm", ".sldm", ".xll"),
    *(".application", ".appref-ms", ".library-ms", ".search-ms", ".settingcontent-ms", ".scf"),
)
# How the files begin that are worth to be told apart.
_BEGINNINGS = (
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"#!", "program"),
    (b"L\0\0\0\x01\x14\x02\0", "program"),  # a shortcut of Windows
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "program"),  # OneNote
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
)
# What a name promises, and what may stand behind it.
_PROMISES: dict[str, set[str]] = {
    ".pdf": {"pdf"},
    ".png": {"png"},
    ".jpg": {"jpeg"},
    ".jpeg": {"jpeg"},
    ".gif": {"gif"},
    ".webp": {"webp"},
    ".zip": {"zip"},
    ".docx": {"zip", "ole"},  # "ole": with a password
    ".xlsx": {"zip", "ole"},
    ".pptx": {"zip", "ole"},
    ".odt": {"zip"},
    ".ods": {"zip"},
    ".doc": {"ole", "zip", "markup"},
    ".xls": {"ole", "zip", "markup"},  # many programs write HTML under this name
    ".txt": set(),
    ".log": {"gzip"},
    ".csv": set(),
    ".json": set(),
    ".eml": set(),
}
_MARKUP = (b"<!doctype html", b"<html", b"<script", b"<svg")
_TEXT_ENDINGS = (".txt", ".log", ".csv", ".json", ".ics", ".md", ".ini", ".conf", ".yaml", ".yml")


class Risk(StrEnum):
    NONE = ""
    RUNS = "runs"  # it may do more than show itself
    PRETENDS = "pretends"  # it is not what its name says


class Look(StrEnum):
    """How much of a file a page can show without opening it."""

    NONE = ""
    PICTURE = "picture"
    TEXT = "text"
    ARCHIVE = "archive"


def kind_of(head: bytes) -> str:
    """Return what the first bytes of a file say that it is: "pdf", "zip", "text", …"""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        return "markup"
    return "text" if _is_text(head) else "unknown"


def risk_of(name: str, head: bytes) -> Risk:
    """Return what to warn of. head: the first `HEAD` bytes."""
    ending, kind = _ending(name), kind_of(head)
    if name.lower().rstrip(". ").endswith(_RUNS) or (kind == "program" and not ending):
        return Risk.RUNS
    promised = _PROMISES.get(ending)
    # Bytes that say nothing, or are mere text, are a broken file and no trick.
    if promised is not None and kind not in promised | {"unknown", "text"}:
        return Risk.PRETENDS
    return Risk.RUNS if kind in ("program", "markup") else Risk.NONE


def look_of(name: str, head: bytes) -> Look:
    """Say what a page can show of a file, by its bytes; a text by its name, too."""
    kind = kind_of(head)
    if kind in ("png", "jpeg", "gif", "webp"):
        return Look.PICTURE
    if kind == "zip":
        return Look.ARCHIVE
    if kind == "text" and (_ending(name) in _TEXT_ENDINGS or not _ending(name)):
        return Look.TEXT
    return Look.NONE


def _ending(name: str) -> str:
    before, dot, ending = name.lower().rpartition(".")
    return f".{ending}" if before and dot else ""


def _is_text(head: bytes) -> bool:
    if not head or b"\0" in head:
        return head.startswith((b"\xff\xfe", b"\xfe\xff"))
    control = sum(byte < 32 and byte not in b"\t\n\r\x0c\x1b" for byte in head)
    return control == 0
