"""What to ask of a seeded desk: `python -m bench.inside plan 220` prints it as JSON."""

import json

from django.db.models import Count

from bench.histories import MESSAGES_OF_THE_LONG_CASE
from bench.texts import Texts
from dueline.core.case_numbers import case_number
from dueline.models import Case, Message


def main(replies: int) -> None:
    long_case = (
        Case.objects.filter(state="active")
        .annotate(messages_in_it=Count("messages"))
        .filter(messages_in_it=MESSAGES_OF_THE_LONG_CASE)
        .latest("id")
    )
    answerable = Case.objects.filter(state__in=["new", "responded", "active"])
    others = answerable.exclude(pk=long_case.pk).order_by("id").values_list("id", "version")
    print(
        json.dumps(
            {
                "long_case": long_case.number,
                "replies": [(case_number(id_), version) for id_, version in others[:replies]],
                "searches": _searches(),
            }
        )
    )


def _searches() -> dict[str, list[str]]:
    """Return queries of each sort, a handful of each. The shares are of all texts."""
    texts = Texts()
    common, usual = texts.words_found_in(0.5), texts.words_found_in(0.02)
    latest = Message.objects.latest("id").pk
    return {
        "a word of one text": [f"{latest * n // 11}ref" for n in range(1, 11)],
        "a word of 2 % of the texts": usual,
        "a word of half the texts": common,
        "two words": [f"{a} {b}" for a, b in zip(common, usual, strict=True)],
        "the beginning of a word": [word[:4] for word in texts.words_found_in(0.005)],
        "a company": [f"company {n:03}" for n in range(10)],
    }
