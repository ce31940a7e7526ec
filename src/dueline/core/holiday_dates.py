"""Public holidays as dates of a calendar.

The holidays package only proposes: its dates are written into a calendar version, where people can
read and change them. No due time is ever computed from the package itself, whose rules change from
release to release.
"""

from datetime import date

import holidays

from dueline.core.calendars import Exceptional


def holiday_dates(
    country: str, *, years: range, region: str = "", language: str = "en_US"
) -> dict[date, Exceptional]:
    """Return the closed days of a country (ISO 3166, "SE"), with the days everybody takes off.

    region: an ISO 3166-2 subdivision ("BY"), or "". Raises KeyError for what the package does not
    know. Where it has no names in the language, they are in the country's own.
    """
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known or (region and region not in known[country]):
        raise KeyError(country)
    rules = getattr(holidays, country)
    # Midsummer Eve and Christmas Eve are no public holidays in Sweden, yet every office is closed.
    wanted = {"public", "de_facto"} & set(rules.supported_categories)
    languages = rules.supported_languages
    days = rules(
        subdiv=region or None,
        years=years,
        categories=wanted or None,
        language=language if language in languages else None,
    )
    # Sweden counts every Sunday as a holiday; a calendar says that in its week.
    return {
        day: Exceptional(name, ())
        for day, name in sorted(days.items())
        if name.strip().lower() not in ("sunday", "söndag")
    }
