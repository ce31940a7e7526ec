"""Bring an empty database to where the long history leads, then print all that stands in it.

python -m tests.migrations.in_words short|long

short: by the step that stands for all of the long history. long: without it, one after another.
"""

import json
import re
import sys
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402


SHORT = ("dueline", "0001_squashed_0021")


def main(way: str) -> None:
    executor = MigrationExecutor(connection)
    if way == "long":
        executor.loader = MigrationLoader(connection, replace_migrations=False)
    ends = executor.loader.graph.leaf_nodes("dueline")
    executor.migrate([end for end in ends if way == "short" or end != SHORT])
    stands = _on_postgresql() if connection.vendor == "postgresql" else _on_sqlite()
    sys.stdout.write(json.dumps(stands))


def _rows(statement: str) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return sorted([list(row) for row in cursor.fetchall()], key=str)


def _on_postgresql() -> dict[str, Any]:
    ours = "LIKE 'dueline%'"
    return {
        "columns": _rows(
            "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, "
            f"column_default FROM information_schema.columns WHERE table_name {ours}"
        ),
        "constraints": _rows(
            "SELECT conrelid::regclass::text, contype, pg_get_constraintdef(oid), condeferrable "
            f"FROM pg_constraint WHERE conrelid::regclass::text {ours}"
        ),
        # Without its own name, which Django makes of what there was when it was made.
        "indexes": [
            re.sub(r"INDEX \S+ ON", "INDEX ON", definition)
            for (definition,) in _rows(f"SELECT indexdef FROM pg_indexes WHERE tablename {ours}")
        ],
        "triggers": _rows(
            "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger "
            "WHERE NOT tgisinternal"
        ),
    }


def _on_sqlite() -> dict[str, Any]:
    return {
        name: _parts(sql) if kind == "table" else sql
        for kind, name, sql in _rows(
            "SELECT type, name, sql FROM sqlite_master WHERE name LIKE '%dueline%' "
            "AND sql IS NOT NULL AND name NOT LIKE 'dueline_%terms$_%' ESCAPE '$'"
        )
    }


def _parts(sql: str) -> list[str]:
    """Return the columns and constraints of a table in any order: a new one stands at the end."""
    depth, start, parts = 0, sql.index("(") + 1, []
    for place, letter in enumerate(sql):
        depth += (letter == "(") - (letter == ")")
        if (letter == "," and depth == 1) or (letter == ")" and depth == 0):
            parts.append(sql[start:place].strip())
            start = place + 1
    return sorted(parts)


if __name__ == "__main__":
    main(sys.argv[1])
