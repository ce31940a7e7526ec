"""Bring a kept database up to date: `python -m bench.inside upgrade`."""

from django.core.management import call_command
from django.db import connection


def main() -> None:
    call_command("migrate", verbosity=0)
    # A new index is taken only when the planner knows how many rows are in it.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
