"""Rows written by statements that are put together once: for the acts that every mail needs.

The ORM writes its SQL anew for each row, which takes longer than the database needs to store it.
What a field makes of its value stays Django's business.
"""

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, Model

M = TypeVar("M", bound=Model)


def insert(row: M) -> M:
    """Store a new row, and give it its id."""
    sql, fields = _insert_of(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def update(row: Model, columns: Sequence[str]) -> None:
    """Store these fields of a row. columns: names of fields; best a constant."""
    sql, fields = _update_of(type(row), tuple(columns))
    values = [
        field.get_db_prep_save(field.pre_save(row, add=False), connection) for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, row.pk])


@cache
def _insert_of(model: type[Model]) -> tuple[str, list[Field]]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(_quoted(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table, key = _quoted(model._meta.db_table), _quoted(model._meta.pk.column)
    # Names of tables and columns are ours; every value is a parameter.
    sql = f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING {key}"  # noqa: S608
    return sql, fields


@cache
def _update_of(model: type[Model], columns: tuple[str, ...]) -> tuple[str, list[Field]]:
    known = {field.name: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in columns]
    sets = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
    table, key = _quoted(model._meta.db_table), _quoted(model._meta.pk.column)
    return f"UPDATE {table} SET {sets} WHERE {key} = %s", fields  # noqa: S608


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(name or "")
