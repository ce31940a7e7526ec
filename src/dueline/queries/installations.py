"""What companies run."""

from typing import NamedTuple

from dueline.models import Installation
from dueline.queries.prepared import prepared_rows


class InstallationRow(NamedTuple):
    id: int
    product: str
    version: str
    environment: str

    @property
    def title(self) -> str:
        return ", ".join(filter(None, (f"{self.product} {self.version}".strip(), self.environment)))


def installations_of(organization_id: int | None) -> list[InstallationRow]:
    rows = Installation.objects.filter(organization_id=organization_id or 0)
    return [InstallationRow._make(row) for row in rows.values_list(*InstallationRow._fields)]


def only_installation(organization_id: int | None) -> Installation | None:
    """Return what a company runs if it is one thing: then its cases need not say which."""
    if organization_id is None:
        return None
    found = _two_installations(organization_id)
    return found[0] if len(found) == 1 else None


_two_installations = prepared_rows(
    Installation,
    lambda organization_id: Installation.objects.filter(organization_id=organization_id)[:2],
)


def installation_words() -> dict[str, list[str]]:
    """Return every product, version and environment that some company runs, for filters."""
    return {
        name: list(
            Installation.objects.exclude(**{name: ""})
            .order_by(name)
            .values_list(name, flat=True)
            .distinct()
        )
        for name in ("product", "version", "environment")
    }
