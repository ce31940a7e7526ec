"""The rules of the house that no tool knows: see docs/ARCHITECTURE.md."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent.parent
SOURCE = TOP / "src" / "dueline"
# The rooms in which time is an argument. `core/instants.py` is the one place that asks.
TIMELESS = ("core", "models", "wording", "queries", "actions")
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime", "monotonic"}
CLOCK_OWNERS = {"datetime", "date", "time", "timezone", "instants", "dt"}


def test_nobody_but_the_edges_asks_what_time_it_is():
    asked = [
        f"{path.relative_to(TOP)}:{line}"
        for room in TIMELESS
        for path in (SOURCE / room).rglob("*.py")
        if path != SOURCE / "core" / "instants.py"
        for line in clock_calls(path.read_text())
    ]
    assert asked == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now(UTC)",
        "import datetime\ndatetime.datetime.utcnow()",
        "from datetime import date\ndate.today()",
        "import time\ntime.time()",
        "from django.utils import timezone\ntimezone.now()",
        "from dueline.core.instants import now\nnow()",
        "from django.db.models.functions import Now\nNow()",
    ],
)
def test_the_clock_rule_knows_every_clock(source):
    assert clock_calls(source) == [2]


def test_the_clock_rule_lets_pass_what_only_looks_like_a_clock():
    assert clock_calls("moment.time()\nat = now\nevent.now") == []


def clock_calls(source: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and _is_clock(node.func)
    ]


def _is_clock(called: ast.expr) -> bool:
    if isinstance(called, ast.Name):
        return called.id in {"now", "Now", "utcnow"}
    if not isinstance(called, ast.Attribute) or called.attr not in CLOCKS:
        return False
    owner = called.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name in CLOCK_OWNERS


# The safest leak is the one that cannot be written: what is internal has no name in the portal.
INTERNAL = {"Note", "Question", "assistance", "notes", "add_note"}


def test_the_portal_has_no_name_for_what_is_internal():
    named = [
        f"{path.relative_to(TOP)}: {name}"
        for path in (SOURCE / "portal").rglob("*.py")
        for name in imported_names(path.read_text())
        if name in INTERNAL
    ]
    assert named == []


def test_the_portal_rule_sees_names_and_modules():
    source = "from dueline.models import Note\nimport dueline.actions.assistance as a\n"
    assert INTERNAL.intersection(imported_names(source)) == {"Note", "assistance"}


def imported_names(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (part for alias in node.names for part in alias.name.split("."))
        if isinstance(node, ast.ImportFrom):
            yield from (node.module or "").split(".")


def test_what_the_product_imports_is_what_it_asks_for():
    # A package that only happens to be installed is missing on the next machine.
    declared = _declared()
    foreign = {
        top: distributions
        for top, distributions in packages_distributions().items()
        if not declared.intersection(map(_normal, distributions))
    }
    imported = [
        f"{path.relative_to(TOP)}: {top}"
        for path in SOURCE.rglob("*.py")
        for top in imported_packages(path.read_text())
        if top in foreign and top != "dueline"
    ]
    assert imported == []


def test_what_is_loaded_by_name_counts_as_imported():
    source = 'import a.b\nfrom c import d\nfrom . import e\nfind_spec("f.g")\nimport_module("h")\n'
    assert set(imported_packages(source)) == {"a", "c", "f", "h"}


def _declared() -> set[str]:
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["postgres"]
    return {_normal(re.split(r"[\[<>=!~; ]", requirement)[0]) for requirement in asked}


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def imported_packages(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = node.args[0]
            if name in {"find_spec", "import_module"} and isinstance(given, ast.Constant):
                yield str(given.value).split(".")[0]


@pytest.mark.parametrize("lock", ["requirements.lock", "dev.lock"])
def test_a_lock_names_packages_and_hashes_and_no_place_to_get_them(lock):
    text = (TOP / lock).read_text()
    assert "--hash=sha256:" in text
    assert re.findall(r"\S*://\S*|--(?:extra-)?index-url\S*|--find-links\S*", text) == []


def test_no_file_names_a_package_registry():
    # Written apart, so that this file does not name one either.
    hosts = [f"{name}.org" for name in ("py" + "pi", "python" + "hosted")] + ["registry.npm" + "js"]
    named = [
        str(path.relative_to(TOP))
        for path in _text_files()
        if any(host in path.read_text(errors="ignore") for host in hosts)
    ]
    assert named == []


def _text_files() -> Iterator[Path]:
    folders = [TOP / name for name in ("bin", "docs", "src", "tests", "bench", ".ci")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    skipped = {".woff2", ".png", ".pyc", ".mo", ".ttf"}
    yield from (path for path in files if path.suffix not in skipped)
    yield from (path for path in TOP.iterdir() if path.suffix in {".md", ".toml", ".lock"})


def test_every_file_that_the_product_reads_is_packed_into_the_wheel():
    packing = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["setuptools"]
    packed = {
        path for pattern in packing["package-data"]["dueline"] for path in SOURCE.glob(pattern)
    }
    left_out = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"} and path not in packed
    ]
    assert left_out == []
