"""docs/trust.md says what must hold; here it is held to its word."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

from dueline.models import store

TOP = Path(__file__).parent.parent.parent
PAGE = (TOP / "docs" / "trust.md").read_text(encoding="utf-8")
SOURCE = TOP / "src" / "dueline"
# | i25 | rule | `file`, `file` |
ROW = re.compile(r"^\| ([if]\d+) \|.*\| (`tests/[^|]+`) \|$", re.MULTILINE)
NUMBERED = re.compile(r"^(?:async )?def test_((?:[if]\d+_)+)", re.MULTILINE)


def numbers_by_file() -> dict[str, set[str]]:
    found = defaultdict(set)
    for path in (TOP / "tests").rglob("test_*.py"):
        for numbers in NUMBERED.findall(path.read_text(encoding="utf-8")):
            found[str(path.relative_to(TOP))].update(numbers.strip("_").split("_"))
    return found


def test_every_rule_is_held_where_the_page_says():
    held = numbers_by_file()
    rows = ROW.findall(PAGE)
    assert len(rows) > 40
    assert {number for number, _ in rows} == set(re.findall(r"^\| ([if]\d+) \|", PAGE, re.M))
    wrong = [
        f"{number}: {file}"
        for number, files in rows
        for file in re.findall(r"`([^`]+)`", files)
        if number not in held.get(file, set())
    ]
    assert wrong == []


def test_every_numbered_test_stands_for_a_rule_of_the_page():
    explained = {number for number, _ in ROW.findall(PAGE)}
    used = set().union(*numbers_by_file().values())
    assert used - explained == set()


# ---- rules that are held by how the house is built ----


def test_i07_what_is_written_into_a_page_is_escaped():
    draw = engines["jinja2" if "jinja2" in engines else next(iter(engines)).name].from_string
    assert draw("{{ name }}").render({"name": "<b>Eve</b>"}) == "&lt;b&gt;Eve&lt;/b&gt;"


def test_i07_nothing_is_marked_as_safe_outside_the_one_place_for_it():
    marks = re.compile(r"mark_safe|\bMarkup\(|\|\s*safe\b|autoescape false|SafeString")
    marked = {
        str(path.relative_to(SOURCE))
        for suffix in ("*.py", "*.html", "*.txt")
        for path in SOURCE.rglob(suffix)
        if marks.search(path.read_text(encoding="utf-8"))
    }
    # Our own translated sentences, which are written by us and not by strangers.
    assert marked <= {"site/jinja.py"}


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.html")), ids=lambda path: path.name)
def test_i07_no_page_needs_inline_scripts_or_styles(path):
    """The content security policy would stop them; a page that needs none works with it."""
    page = path.read_text(encoding="utf-8")
    assert not re.search(r'<script(?![^>]*(?:\bsrc=|type="application/json"))[^>]*>', page)
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|javascript:", page)


def test_i07_the_second_wall_allows_nothing_inline_and_nothing_from_elsewhere():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'self'"]
    allowed = [source for sources in directives.values() for source in sources]
    assert set(allowed) <= {"'self'", "'none'", "data:"}


def test_i10_a_file_lies_under_its_digest_where_nothing_serves_it():
    sha256 = store.save(b"<?php echo 1; ?>")
    (path,) = (settings.DATA_DIR / "files").rglob(sha256)
    assert path.suffix == ""
    assert path.stat().st_mode & 0o777 == 0o600
    served = [Path(folder).resolve() for folder in settings.STATICFILES_DIRS]
    assert not any(path.resolve().is_relative_to(folder) for folder in served)


def test_i61_customers_pages_name_no_internal_table():
    """Neither the portal nor the queries that are written for it (see docs/adr/0005)."""
    internal = {"Note", "Question", "notes", "questions", "note"}
    named = [
        f"{path.relative_to(SOURCE)}: {name}"
        for path in [*(SOURCE / "portal").rglob("*.py"), SOURCE / "queries" / "portal.py"]
        for name in _names(path.read_text(encoding="utf-8"))
        if name in internal or name.startswith(("note__", "notes__", "questions__"))
    ]
    assert named == []


def _names(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.alias(name=name):
                yield name
            case ast.Constant(value=str(text)) if text.isidentifier():
                yield text


def test_i61_the_look_for_internal_tables_sees_every_way_to_name_one():
    for source in (
        "from dueline.models import Note",
        "case.notes.all()",
        "Event.objects.select_related('note')",
        "Event.objects.filter(note__text='x')",
        "Case.objects.values('questions')",
    ):
        assert {"Note", "notes", "note", "note__text", "questions"} & set(_names(source)), source
