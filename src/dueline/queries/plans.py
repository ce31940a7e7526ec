"""What the plans of the desk are called."""

from collections.abc import Mapping
from typing import NamedTuple

from dueline.core.policy import parse_policy
from dueline.models import PolicyVersion
from dueline.queries.prepared import Prepared
from dueline.wording.policy_words import plan_titles


class _Source(NamedTuple):
    source: str


_newest = Prepared(
    _Source,
    lambda: (
        PolicyVersion.objects.filter(policy__desk__isnull=False)
        .order_by("-number")
        .values_list("source")[:1]
    ),
)


def titles_of_plans() -> Mapping[str, str]:
    """Return the titles by the key of the plan, in the reader's language.

    As the newest edition of the policy has them, also before it holds: only names are taken.
    """
    return {} if not (found := _newest()) else plan_titles(parse_policy(found[0].source))
