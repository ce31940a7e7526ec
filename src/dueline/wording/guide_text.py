"""The Support Guide for a terminal."""

from collections.abc import Sequence
from textwrap import fill, indent

from dueline.wording.guide import Guide, Section, Table

_WIDTH = 88


def as_text(guide: Guide) -> str:
    head = f"{guide.title}: {guide.desk_name}\n{guide.stamp}\n"
    return "\n".join([head, *(_section(section) for section in guide.sections)])


def _section(section: Section) -> str:
    parts = [section.title.upper()]
    parts += [fill(text, _WIDTH) for text in section.paragraphs]
    parts += [_columns(section.terms)] if section.terms else []
    parts += [_table(table) for table in section.tables]
    parts += [fill(text, _WIDTH) for text in section.afterwards]
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    drawn = _columns([table.head, *table.rows])
    return f"{table.caption}\n\n{drawn}" if table.caption else drawn


def _columns(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False))
        + "  "
        + row[-1]
        for row in rows
    ]
    return indent("\n".join(line.rstrip() for line in lines), "  ")
