"""The companies that are supported, for choices on pages."""

from dueline.models import Organization


def organization_names() -> list[tuple[int, str]]:
    return list(Organization.objects.order_by("name").values_list("id", "name"))
