"""The statements of hot pages: written once by the ORM, and from then on only carried out.

    _notes = Prepared(NoteRow, lambda case_id: Note.objects.filter(…).values_list("id", "text"))
    _notes(case_id)

For a page of a dozen small statements the ORM needs longer to write them than the database needs to
answer them, and Django's reading of instants from SQLite is another quarter of such a page.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import DateTimeField, JSONField, Model, QuerySet
from django.db.models.sql import UpdateQuery

Row = TypeVar("Row")
M = TypeVar("M", bound=Model)
Convert = Callable[[Any], Any]
Argument = int | str | datetime | date | None


class _Statement(NamedTuple):
    sql: str
    params: Sequence[Any]  # with a `_StandIn` for each argument
    conversions: list[tuple[int, Convert]]  # of which columns, by position


class Prepared(Generic[Row]):
    """A statement that differs only in the numbers, texts and times that it compares with.

    build: gets these and returns a queryset with `values_list`, in the order of the row. It is
    called once, so that nothing else in it may depend on them.
    """

    def __init__(self, row: Callable[..., Row], build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._row = row
        self._build = build
        self._statement: _Statement | None = None

    def __call__(self, *arguments: Argument) -> list[Row]:
        statement = self._statement or self._write(arguments)
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, _filled_in(statement.params, arguments))
            return [self._read(values, statement.conversions) for values in cursor.fetchall()]

    def first(self, *arguments: Argument) -> Row | None:
        return next(iter(self(*arguments)), None)

    def _write(self, arguments: Sequence[Argument]) -> _Statement:
        stand_ins = _stand_ins(arguments)
        compiler = self._build(*stand_ins).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        expressions = [expression for expression, _, _ in compiler.select]
        conversions = [
            (position, _conversion(expression, converters))
            for position, (converters, expression) in compiler.get_converters(expressions).items()
        ]
        self._statement = _Statement(sql, _marked(params, stand_ins), conversions)
        return self._statement

    def _read(self, values: Sequence[Any], conversions: list[tuple[int, Convert]]) -> Row:
        read = list(values)
        for position, convert in conversions:
            if read[position] is not None:
                read[position] = convert(read[position])
        return self._row(*read)


class PreparedUpdate:
    """The same for an update. build: returns a queryset, and the values to set by field."""

    def __init__(self, build: Callable[..., tuple[QuerySet[Any, Any], dict[str, object]]]) -> None:
        self._build = build
        self._statement: _Statement | None = None

    def __call__(self, *arguments: Argument) -> int:
        """Return how many rows were changed."""
        statement = self._statement or self._write(arguments)
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, _filled_in(statement.params, arguments))
            return cursor.rowcount

    def _write(self, arguments: Sequence[Argument]) -> _Statement:
        stand_ins = _stand_ins(arguments)
        rows, values = self._build(*stand_ins)
        query = cast(UpdateQuery, rows.query.chain(UpdateQuery))
        query.add_update_values(values)
        sql, params = query.get_compiler(connection=connection).as_sql()
        self._statement = _Statement(sql, _marked(params, stand_ins), [])
        return self._statement


def prepared_rows(model: type[M], build: Callable[..., QuerySet[M]]) -> Prepared[M]:
    """Return a statement that reads whole rows of a model. build: without `values_list`."""
    columns = [field.attname for field in model._meta.concrete_fields]

    def build_list(*arguments: Argument) -> QuerySet[Any, Any]:
        return build(*arguments).values_list(*columns)

    return Prepared(partial(_row_of, model, columns), build_list)


def _row_of(model: type[M], columns: Sequence[str], *values: Any) -> M:
    return model.from_db(DEFAULT_DB_ALIAS, columns, values)


class _StandIn(NamedTuple):
    """Where an argument belongs among the parameters."""

    position: int


def _stand_ins(arguments: Sequence[Argument]) -> list[int | str | date]:
    return [_stand_in(position, argument) for position, argument in enumerate(arguments)]


def _marked(params: Sequence[Any], stand_ins: Sequence[int | str | date]) -> list[Any]:
    """Return the parameters with a mark where an argument belongs."""
    written = [_adapted(stand_in) for stand_in in stand_ins]
    return [_StandIn(written.index(value)) if value in written else value for value in params]


def _filled_in(params: Sequence[Any], arguments: Sequence[Argument]) -> list[Any]:
    return [
        _adapted(arguments[value.position]) if isinstance(value, _StandIn) else value
        for value in params
    ]


def _adapted(argument: Argument) -> Any:
    """Return an argument as the ORM hands it to the database."""
    if isinstance(argument, datetime):
        return connection.ops.adapt_datetimefield_value(argument)
    if isinstance(argument, date):
        return connection.ops.adapt_datefield_value(argument)
    return argument


def _stand_in(position: int, argument: Argument) -> int | str | date:
    """Return a value that the ORM takes for an argument and that nobody else would write."""
    if isinstance(argument, datetime):
        return datetime(1, 1, 2, tzinfo=UTC) + timedelta(seconds=position)
    if isinstance(argument, date):
        return date(1, 1, 2) + timedelta(days=position)
    if isinstance(argument, str):
        return f"\0argument {position}"
    # It must fit the column: for a number that does not, the ORM writes no statement at all.
    return 2_147_480_000 + position


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
