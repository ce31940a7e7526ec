"""Doing an act to see what comes of it, and leaving no trace of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def rehearsal() -> Iterator[None]:
    """Take back everything that is stored within. What was read of it stays true of the act.

    So a preview goes the way of the act itself, and cannot say anything else.
    """
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
