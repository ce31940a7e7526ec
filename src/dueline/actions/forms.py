"""Forms that may be sent twice: by an impatient finger, or by a browser that heard no answer."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from dueline.core.crash_points import crash_point
from dueline.models import Case, HeldRequest, SentForm

A = TypeVar("A", bound=Case | HeldRequest)


def once(sent: Mapping[str, str], act: Callable[[], A], *, at: datetime) -> A:
    """Do what a form asks for; the same form, sent again unchanged, gets the first answer (F1).

    sent: all that it holds; under "once" the unguessable word that the page put into this very
    form, without which every sending counts. If the act raises, nothing has happened.
    """
    if not sent.get("once"):
        return act()
    # With the content: somebody who goes back and writes something else means something else.
    key = hashlib.sha256(json.dumps(sorted(sent.items())).encode()).hexdigest()
    with transaction.atomic():
        if not _is_first(key, at=at):
            return _answer_to(key)
        answer = act()
        column = "case" if isinstance(answer, Case) else "held"
        SentForm.objects.filter(key=key).update(**{column: answer})
    crash_point("form.done")
    return answer


def _is_first(key: str, *, at: datetime) -> bool:
    # Of two at once, PostgreSQL lets the second wait here for the first one's end.
    try:
        with transaction.atomic():
            SentForm.objects.create(key=key, sent_at=at)
    except IntegrityError:
        return False
    return True


def _answer_to(key: str) -> Any:
    sent = SentForm.objects.select_related("case", "held").get(key=key)
    return sent.case or sent.held
