"""The people of the desk, for choices on pages."""

from dueline.models import Agent


def agent_names() -> list[tuple[int, str]]:
    return list(Agent.objects.order_by("name").values_list("id", "name"))
