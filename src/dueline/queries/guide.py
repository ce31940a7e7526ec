"""The Support Guide of this desk, as it holds today."""

import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.models import Desk
from dueline.queries.policies import current_calendar, current_policy, entitlement_of
from dueline.wording import guide as wording
from dueline.wording import guide_pdf


def guide(*, at: datetime, plan: str = "", reader: Person | None = None) -> wording.Guide:
    """Return the guide in the active language.

    plan: only this one; "": the plan of the reader's contract, or all plans for anybody else.
    Raises Refusal("no-plan").
    """
    desk = Desk.objects.get()
    policy, calendar = current_policy(at=at), current_calendar(at=at)
    if plan and plan not in policy.policy.plans:
        known = ", ".join(policy.policy.plans)
        raise Refusal(
            "no-plan",
            "There is no plan “%(plan)s”. The policy has: %(known)s.",
            plan=plan,
            known=known,
        )
    if not plan and reader is not None and reader.is_contact:
        plan = entitlement_of(reader.organization_id, at=at).plan
    zone = ZoneInfo(desk.zone)
    return wording.compose(
        wording.GuideFacts(
            desk_name=desk.name,
            mail_address=desk.mail_address,
            phone_office=desk.phone_office,
            phone_other=desk.phone_other,
            public_url=desk.public_url,
            policy=policy.policy,
            policy_number=policy.number,
            policy_published_on=policy.holds_from.astimezone(zone).date(),
            calendar=calendar.calendar,
            calendar_number=calendar.number,
            plans=(plan,) if plan else tuple(policy.policy.plans),
            on=at.astimezone(zone).date(),
        )
    )


def pdf_of(drawn: wording.Guide, *, language: str) -> bytes:
    """Return a guide as PDF: set once, then read from the data folder as long as it says the same.

    The name is the digest of all that it says, so it can never be out of date.
    """
    said = guide_pdf.as_json(drawn, language=language)
    path = _folder() / f"{hashlib.sha256(said.encode()).hexdigest()}.pdf"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pdf = guide_pdf.typeset(drawn, language=language)
        _keep(path, pdf)
        return pdf


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "guide"


def _keep(path: Path, pdf: bytes) -> None:
    """Store it whole: another process may read at the same moment. What is outdated goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(pdf)
    os.rename(temporary, path)
    kept = sorted(path.parent.glob("*.pdf"), key=lambda one: one.stat().st_mtime)
    for outdated in kept[:-20]:
        outdated.unlink(missing_ok=True)
