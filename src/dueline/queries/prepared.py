"""The statements of hot pages: written once by the ORM, and from then on only carried out.

    _notes = Prepared(NoteRow, lambda case_id: Note.objects.filter(…).values_list("id", "text"))
    _notes(case_id)

For a page of a dozen small statements the ORM needs longer to write them than the database needs to
answer them, and Django's reading of instants from SQLite is another quarter of such a page.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import DateTimeField, JSONField, QuerySet

Row = TypeVar("Row", bound=tuple[Any, ...])
Convert = Callable[[Any], Any]


class _Statement(NamedTuple):
    sql: str
    params: Sequence[Any]  # with a `_StandIn` for each argument
    conversions: list[tuple[int, Convert]]  # of which columns, by position


class Prepared(Generic[Row]):
    """A statement that differs only in the numbers and texts that it compares with.

    build: gets these and returns a queryset with `values_list`, in the order of the row. It is
    called once, so that nothing else in it may depend on them.
    """

    def __init__(self, row: type[Row], build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._row = row
        self._build = build
        self._statement: _Statement | None = None

    def __call__(self, *arguments: int | str | None) -> list[Row]:
        statement = self._statement or self._write(arguments)
        params = [
            arguments[value.position] if isinstance(value, _StandIn) else value
            for value in statement.params
        ]
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, params)
            return [self._read(values, statement.conversions) for values in cursor.fetchall()]

    def _write(self, arguments: Sequence[int | str | None]) -> _Statement:
        stand_ins = [_stand_in(n, argument) for n, argument in enumerate(arguments)]
        compiler = self._build(*stand_ins).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        expressions = [expression for expression, _, _ in compiler.select]
        conversions = [
            (position, _conversion(expression, converters))
            for position, (converters, expression) in compiler.get_converters(expressions).items()
        ]
        params = [
            _StandIn(stand_ins.index(value)) if value in stand_ins else value for value in params
        ]
        self._statement = _Statement(sql, params, conversions)
        return self._statement

    def _read(self, values: Sequence[Any], conversions: list[tuple[int, Convert]]) -> Row:
        read = list(values)
        for position, convert in conversions:
            if read[position] is not None:
                read[position] = convert(read[position])
        return self._row(*read)


class _StandIn(NamedTuple):
    """Where an argument belongs among the parameters."""

    position: int


def _stand_in(position: int, argument: int | str | None) -> int | str:
    """Return a value that the ORM takes for an argument and that nobody else would write."""
    if isinstance(argument, str):
        return f"\0argument {position}"
    return -9_000_000_000_000_000_000 - position


def _conversion(expression: Any, converters: Sequence[Callable[..., Any]]) -> Convert:
    """Return what makes a column's value ours: our own reading of it, or else Django's."""
    own = _OWN.get(type(expression.output_field))
    if own is not None:
        return own

    def convert(value: Any) -> Any:
        for converter in converters:
            value = converter(value, expression, connection)
        return value

    return convert


def _instant(value: datetime | str) -> datetime:
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.replace(tzinfo=UTC)


# Django asks for a conversion of instants on SQLite only, which does not know of zones.
_OWN: dict[type, Convert] = {DateTimeField: _instant, JSONField: json.loads}
