"""Forms that may be sent twice: by an impatient finger, or by a browser that heard no answer."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from dueline.core.crash_points import crash_point
from dueline.models import Case, SentForm


def once(sent: Mapping[str, str], act: Callable[[], Case], *, at: datetime) -> Case:
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
        case = act()
        SentForm.objects.filter(key=key).update(case=case)
    crash_point("form.done")
    return case


def _is_first(key: str, *, at: datetime) -> bool:
    # Of two at once, PostgreSQL lets the second wait here for the first one's end.
    try:
        with transaction.atomic():
            SentForm.objects.create(key=key, sent_at=at)
    except IntegrityError:
        return False
    return True


def _answer_to(key: str) -> Case:
    return Case.objects.get(pk=SentForm.objects.values("case").get(key=key)["case"])
