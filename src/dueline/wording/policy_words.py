"""What a policy calls its plans and priorities, in the reader's language where it has the words."""

from collections.abc import Mapping

from dueline.core.policy import Meaning, Plan, Policy, Said
from dueline.core.priorities import Priority
from dueline.wording.language import spoken


def say_plan(plan: Plan) -> Said:
    """Return title and summary of a plan."""
    return plan.in_language(spoken())


def say_meaning(policy: Policy, priority: Priority) -> Meaning:
    """Return what a priority is called, and when a customer should choose it."""
    return policy.priorities[priority].in_language(spoken())


def plan_titles(policy: Policy) -> Mapping[str, str]:
    """Return what each plan is called, by its key."""
    return {key: say_plan(plan).title for key, plan in policy.plans.items()}
