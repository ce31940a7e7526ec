"""Publishing policies: always a new version, never a change to an old one."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from dueline import core
from dueline.core.policy import parse_policy
from dueline.models import Policy, PolicyVersion

SHIPPED_POLICY = (Path(core.__file__).parent / "shipped_policy.toml").read_text(encoding="utf-8")


def publish_policy(
    *, source: str, at: datetime, holds_from: datetime | None = None
) -> PolicyVersion:
    """Publish the next version of the policy that the text names.

    holds_from: for requests that arrive from then on; None: from now. Running promises and closed
    verdicts keep the version that they were made under.
    Raises Refusal("bad-policy") when it cannot be read.
    """
    name = parse_policy(source).name
    with transaction.atomic():
        policy, _ = Policy.objects.get_or_create(name=name)
        number = policy.versions.count() + 1
        return PolicyVersion.objects.create(
            policy=policy,
            number=number,
            source=source,
            published_at=at,
            holds_from=holds_from or at,
        )
