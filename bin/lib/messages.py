"""The texts to translate: collect them, bring the catalogues up to date, or check that they are."""

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

TOP = Path(__file__).resolve().parent.parent.parent
SOURCE = TOP / "src" / "dueline"
LOCALE = SOURCE / "locale"
LANGUAGES = ["nb", "sv"]  # besides English, in which the texts are written
READERS = [
    ("**/migrations/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "Refusal": (2,),  # said in the reader's language by `wording.refusals`
}


def main(arguments: list[str]) -> int:
    collected = collect()
    if "--check" in arguments:
        complaints = check(collected)
        print("\n".join(complaints[:20]) or f"{len(collected)} texts, all translated.")
        if len(complaints) > 20:
            print(f"… and {len(complaints) - 20} more")
        return bool(complaints)
    refresh(collected)
    return 0


def collect() -> Catalog:
    catalog = _empty()
    # As the pages are drawn (dueline.site.jinja), or the texts would differ by white space.
    drawn = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    found = extract_from_dir(
        SOURCE,
        method_map=READERS,
        options_map={"**/templates/**": drawn},
        keywords=KEYWORDS,
        comment_tags=["Translators:"],
        strip_comment_tags=True,
    )
    # Where a text stands is left out: else every moved line would change the catalogues.
    for _file, _line, text, comments, context in sorted(found, key=lambda row: str(row[2])):
        if text:
            catalog.add(text, auto_comments=comments, context=context)
    return catalog


def refresh(collected: Catalog) -> None:
    for path in _catalogs():
        catalog = _read(path)
        catalog.update(collected, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        _write(path, catalog)
        path.with_suffix(".mo").write_bytes(_compiled(catalog))
        print(f"{path.relative_to(TOP)}: {len(_untranslated(catalog))} to translate")


def check(collected: Catalog) -> list[str]:
    complaints = []
    for path in _catalogs():
        name, catalog = path.relative_to(TOP), _read(path)
        missing, left_over = _ids(collected) - _ids(catalog), _ids(catalog) - _ids(collected)
        complaints += [f"{name}: missing: {text}" for text in sorted(map(str, missing))]
        complaints += [f"{name}: no longer used: {text}" for text in sorted(map(str, left_over))]
        complaints += [f"{name}: not translated: {text}" for text in _untranslated(catalog)]
        complaints += [
            f"{name}: {message.id!r}: {error}"
            for message, errors in catalog.check()
            for error in errors
        ]
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.read_bytes() != _compiled(catalog):
            complaints.append(f"{compiled.relative_to(TOP)}: not compiled from {path.name}")
    return complaints


def _catalogs() -> list[Path]:
    return [LOCALE / language / "LC_MESSAGES" / "django.po" for language in LANGUAGES]


def _ids(catalog: Catalog) -> set[tuple[object, str | None]]:
    return {(message.id, message.context) for message in catalog if message.id}


def _untranslated(catalog: Catalog) -> list[str]:
    return [
        str(message.id)
        for message in catalog
        if message.id
        and (message.fuzzy or not (all(message.string) if message.pluralizable else message.string))
    ]


def _read(path: Path) -> Catalog:
    if not path.exists():
        return _empty(locale=path.parent.parent.name)
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, charset="utf-8")


def _empty(locale: str | None = None) -> Catalog:
    # The same dates for ever: a catalogue changes when its texts do, and not when it is written.
    began = datetime(2026, 11, 23, tzinfo=UTC)
    return Catalog(
        locale=locale,
        project="Dueline",
        version="1",
        header_comment="# The texts of Dueline: `bin/messages` brings this file up to date.",
        last_translator="Dueline",
        language_team="Dueline",
        msgid_bugs_address="Dueline",
        creation_date=began,
        revision_date=began,
        charset="utf-8",
        fuzzy=False,
    )


def _write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, sort_output=True, width=100)


def _compiled(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
