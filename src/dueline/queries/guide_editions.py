"""The editions of the Support Guide that were made, and who may have which."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import GuideEdition, store
from dueline.queries.guide import plan_of
from dueline.queries.policies import current_policy


@dataclass(frozen=True, slots=True)
class Printed:
    """The PDFs of one plan that were made from the same versions. files: (language, edition id)."""

    plan: str  # "": all plans
    policy_number: int
    calendar_number: int
    made_at: datetime
    files: tuple[tuple[str, int], ...]


def visible_editions(reader: Person | None, *, at: datetime) -> QuerySet[GuideEdition]:
    """Return the editions that somebody may have: a customer those of the own plan."""
    plan = plan_of(reader, at=at)
    return GuideEdition.objects.filter(plan=plan) if plan else GuideEdition.objects.all()


def earlier_editions(reader: Person | None, *, at: datetime) -> list[Printed]:
    """Return what the guide of a reader has said before, the newest first."""
    plan = plan_of(reader, at=at)
    return editions(plan=plan, but=_latest(plan))


def editions(*, plan: str | None = None, but: Iterable[int] = ()) -> list[Printed]:
    """Return the editions of a plan (None: of every plan), put together by what they state.

    but: ids to leave out.
    """
    rows = GuideEdition.objects.exclude(pk__in=list(but))
    if plan is not None:
        rows = rows.filter(plan=plan)
    found: dict[tuple[object, ...], list[GuideEdition]] = {}
    for row in rows.select_related("policy_version", "calendar_version").order_by("-id"):
        key = (row.plan, row.policy_version_id, row.calendar_version_id, row.number)
        found.setdefault(key, []).append(row)
    return [_printed(group) for group in found.values()]


def guides_in_force(*, at: datetime) -> list[tuple[str, list[tuple[str, int]]]]:
    """Return for all plans together, and for each, its latest edition in every language."""
    plans = ["", *current_policy(at=at).policy.plans]
    return [(plan, files) for plan in plans if (files := _files(_latest(plan)))]


def edition_for(reader: Person | None, edition_id: int, *, at: datetime) -> tuple[str, bytes]:
    """Return an edition as it was handed out: a name for the file, and the PDF.

    Raises Refusal("not-found").
    """
    found = visible_editions(reader, at=at).filter(pk=edition_id).first()
    try:
        pdf = store.read(found.sha256) if found else b""
    except FileNotFoundError:
        pdf = b""
    if found is None or not pdf:
        raise Refusal("not-found", "There is no such edition.")
    plan = f"{found.plan}-" if re.fullmatch(r"[\w-]+", found.plan, re.ASCII) else ""
    return f"support-guide-{plan}{found.language}-{found.number}.pdf", pdf


def _latest(plan: str) -> list[int]:
    """Return the id of the latest edition of a plan in each language."""
    latest = GuideEdition.objects.filter(plan=plan).order_by("language", "-number")
    ids: dict[str, int] = {}
    for language, id_ in latest.values_list("language", "id"):
        ids.setdefault(language, id_)
    return list(ids.values())


def _files(ids: list[int]) -> list[tuple[str, int]]:
    rows = GuideEdition.objects.filter(pk__in=ids).values_list("language", "id")
    return sorted(rows, key=lambda row: _place(row[0]))


def _printed(group: list[GuideEdition]) -> Printed:
    first = group[0]
    files = sorted(((row.language, row.pk) for row in group), key=lambda file: _place(file[0]))
    return Printed(
        plan=first.plan,
        policy_number=first.policy_version.number,
        calendar_number=first.calendar_version.number,
        made_at=first.made_at,
        files=tuple(files),
    )


def _place(language: str) -> int:
    """Languages stand in the order of the settings."""
    codes = [code for code, _name in settings.LANGUAGES]
    return codes.index(language) if language in codes else len(codes)
