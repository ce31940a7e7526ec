"""The emergency sheet as a PDF, set by Typst: it opens anywhere, and refers to nothing outside."""

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from dueline.wording.sheet import Sheet

_FOLDER = Path(__file__).parent


def typeset(sheet: Sheet, *, language: str) -> bytes:
    """Return the PDF. The texts go in as data, so that none of them can become markup."""
    # Only here: the typesetter is large, and a web process may live long without it.
    import typst

    said = json.dumps({**asdict(sheet), "language": language}, ensure_ascii=False)
    pdf: bytes = _compiler(typst).compile(format="pdf", sys_inputs={"sheet": said})
    return pdf


@lru_cache(maxsize=1)
def _compiler(typst):  # type: ignore[no-untyped-def]
    return typst.Compiler(
        input=_FOLDER / "sheet.typ",
        root=_FOLDER,
        font_paths=[_FOLDER / "fonts"],
        # Names come in every script: what our own font lacks is taken from the machine's.
        ignore_system_fonts=False,
    )
