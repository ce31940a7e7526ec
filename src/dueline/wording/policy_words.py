"""What policies call things and are called, in the reader's language where it has the words."""

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

from dueline.core.policy import Meaning, Plan, Policy, Said
from dueline.core.priorities import Priority
from dueline.wording.language import spoken

_SHIPPED = (gettext_noop("Shipped policy"), gettext_noop("Office hours"))


def say_name(name: str) -> str:
    """Return what a policy or a calendar is called; as shipped, it is called so in each language.

    What somebody typed stays as it was typed.
    """
    return gettext(name) if name in _SHIPPED else name


def say_plan(plan: Plan) -> Said:
    """Return title and summary of a plan."""
    return plan.in_language(spoken())


def say_meaning(policy: Policy, priority: Priority) -> Meaning:
    """Return what a priority is called, and when a customer should choose it."""
    return policy.priorities[priority].in_language(spoken())


def plan_titles(policy: Policy) -> Mapping[str, str]:
    """Return what each plan is called, by its key."""
    return {key: say_plan(plan).title for key, plan in policy.plans.items()}
