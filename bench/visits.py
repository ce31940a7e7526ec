"""The visits that are measured, and who makes them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Protocol
from urllib.parse import urlencode

from bench.people import PASSWORD

REPLIES = 250


class Visitor(Protocol):
    def get(self, path: str) -> None: ...
    def post(self, path: str, form: dict[str, str]) -> None: ...
    def sign_in(self, email: str, password: str) -> None: ...


@dataclass(frozen=True)
class Visit:
    """go: makes one visit. aim: milliseconds of processor time; None: for information."""

    name: str
    aim: float | None
    go: Callable[[], None]


def visits(plan: dict[str, Any], new_visitor: Callable[[], Visitor]) -> Iterator[Visit]:
    """Yield every sort of visit, with its person signed in."""
    engineer = new_visitor()
    engineer.sign_in("engineer1@desk.example", PASSWORD)
    yield Visit("queue, 50 rows", 4, lambda: engineer.get("/console/queue?show=all"))
    case = f"/console/cases/{plan['long_case']}"
    yield Visit("case, 20 messages", 6, lambda: engineer.get(case))
    every_sort = [
        query for queries in zip(*plan["searches"].values(), strict=True) for query in queries
    ]
    yield Visit("search, all sorts", 5, _searching(engineer, every_sort))
    for sort, queries in plan["searches"].items():
        yield Visit(f"  {sort}", None, _searching(engineer, queries))
    customer = new_visitor()
    customer.sign_in("contact0@company007.example", PASSWORD)
    customer.get("/help")
    yield Visit("create by form", 8, lambda: customer.post("/help", _REQUEST))
    engineer.get(case)  # for the token of its forms
    cases = iter(plan["replies"])
    yield Visit("reply", 8, lambda: _reply(engineer, *next(cases)))


def _searching(engineer: Visitor, queries: list[str]) -> Callable[[], None]:
    endless = cycle(queries)
    return lambda: engineer.get(f"/console/search?{urlencode({'q': next(endless)})}")


def _reply(engineer: Visitor, number: str, version: int) -> None:
    form = {"text": _ANSWER, "version": str(version)}
    engineer.post(f"/console/cases/{number}/replies", form)


_REQUEST = {
    "priority": "normal",
    "subject": "The nightly import stops after three thousand rows",
    "text": "It has run well until last week. " * 8,
    "phone": "+46701000000",
}
_ANSWER = "Thank you. We have found the cause and test a correction. " * 6
