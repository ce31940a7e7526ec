"""Which country a time zone lies in, and of which countries holidays are known."""

from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def _countries_by_zone() -> dict[str, str]:
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and line[0] != "#")
    return {row[2]: row[0] for row in rows}


def country_of_zone(zone: str) -> str:
    """Return the ISO 3166 code of a zone's country, or "" for zones like UTC."""
    return _countries_by_zone().get(zone, "")


def countries() -> list[str]:
    """Return the ISO 3166 codes of the countries whose holidays are known, sorted."""
    import holidays

    return sorted(holidays.list_supported_countries(include_aliases=False))
