"""Printing the Support Guide: an edition for each plan and language, whenever it says otherwise."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import override

from dueline.models import Desk, GuideEdition, store
from dueline.queries.guide import digest, guide
from dueline.queries.policies import calendar_version_at, current_policy, policy_version_at
from dueline.wording import guide_pdf
from dueline.wording.guide import Guide


def print_next(*, at: datetime) -> bool:
    """Make one edition that is missing; return whether there may be more.

    An edition is missing when the guide says anything otherwise than the last one: because a
    version was published or begins to hold, because the desk moved, because a year is over.
    """
    if not Desk.objects.exists():
        return False
    for plan in ("", *current_policy(at=at).policy.plans):
        for language, _name in settings.LANGUAGES:
            if print_edition(plan, language, at=at):
                return True
    return False


def print_edition(plan: str, language: str, *, at: datetime) -> bool:
    """Make an edition if the last one says anything otherwise; return whether it did."""
    with override(language):
        drawn = guide(at=at, plan=plan)
    said = digest(guide_pdf.as_json(drawn, language=language))
    made = GuideEdition.objects.filter(plan=plan, language=language).order_by("-number")
    last = made.values_list("number", "said").first()
    if last and last[1] == said:
        return False
    _keep(plan, language, drawn, said=said, number=last[0] + 1 if last else 1, at=at)
    return True


def _keep(plan: str, language: str, drawn: Guide, *, said: str, number: int, at: datetime) -> None:
    sha256 = store.save(guide_pdf.typeset(drawn, language=language))
    try:
        with transaction.atomic():
            GuideEdition.objects.create(
                plan=plan,
                language=language,
                number=number,
                policy_version=policy_version_at(at),
                calendar_version=calendar_version_at(at),
                made_at=at,
                said=said,
                sha256=sha256,
            )
    except IntegrityError:
        pass  # another worker was quicker: its number is taken, and so is its word
