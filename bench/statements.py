"""Count the statements of each visit: `python -m bench.inside statements` prints them as JSON.

The same visits as over HTTP, made inside this process, where every statement passes by.
"""

import io
import json
from collections import Counter
from contextlib import redirect_stdout
from typing import Any

from django.db import connection
from django.test import Client

from bench import plan
from bench.visits import visits


class _Visitor:
    def __init__(self) -> None:
        self.client = Client()

    def get(self, path: str) -> None:
        answer = self.client.get(path)
        if answer.status_code not in (200, 302):
            raise SystemExit(f"GET {path} answers {answer.status_code}")

    def post(self, path: str, form: dict[str, str]) -> None:
        answer = self.client.post(path, form)
        if answer.status_code not in (302, 303):
            raise SystemExit(f"POST {path} answers {answer.status_code}")

    def sign_in(self, email: str, password: str) -> None:
        self.post("/sign-in", {"email": email, "password": password})


def main() -> None:
    output = io.StringIO()
    with redirect_stdout(output):
        plan.main(2)
    counted: dict[str, int] = {}
    for visit in visits(json.loads(output.getvalue()), _Visitor):
        visit.go()  # what a first visit loads is loaded
        seen: Counter[str] = Counter()

        def count(execute: Any, sql: str, *rest: Any, seen: Counter[str] = seen) -> Any:
            if not sql.startswith("BEGIN"):
                seen["statements"] += 1
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            visit.go()
        counted[visit.name] = seen["statements"]
    print(json.dumps(counted))
