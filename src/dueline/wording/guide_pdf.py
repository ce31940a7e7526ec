"""The Support Guide as a PDF, set by Typst from the sections that `wording.guide` composes."""

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from dueline.wording.guide import Guide

_FOLDER = Path(__file__).parent


def as_json(guide: Guide, *, language: str) -> str:
    """Return the guide as the text that machines, and the typesetter, read."""
    return json.dumps({**asdict(guide), "language": language}, ensure_ascii=False)


def typeset(guide: Guide, *, language: str) -> bytes:
    """Return the PDF. The texts go in as data, so that none of them can become markup."""
    # Only here: the typesetter is large, and a web process may live long without it.
    import typst

    compiler = _compiler(typst)
    pdf: bytes = compiler.compile(
        format="pdf",
        sys_inputs={"guide": as_json(guide, language=language)},
        pdf_standards="ua-1",
    )
    return pdf


@lru_cache(maxsize=1)
def _compiler(typst):  # type: ignore[no-untyped-def]
    return typst.Compiler(
        input=_FOLDER / "guide.typ",
        root=_FOLDER,
        font_paths=[_FOLDER / "fonts"],
        ignore_system_fonts=True,
    )
