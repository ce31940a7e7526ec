"""Public holidays as dates of a calendar.

The holidays package only proposes: its dates are written into a calendar version, where people can
read and change them. No due time is ever computed from the package itself, whose rules change from
release to release.
"""

from collections.abc import Mapping
from datetime import date

import holidays

from dueline.core.calendars import Exceptional
from dueline.core.holiday_names import holiday_name

# What the package calls the languages in which a date is named besides English.
_OTHERS = {"sv": ("sv", "sv_FI"), "nb": ("no", "nb")}


def holiday_dates(
    country: str, *, years: range, region: str = "", language: str = "en_US"
) -> dict[date, Exceptional]:
    """Return the closed days of a country (ISO 3166, "SE"), with the days everybody takes off.

    region: an ISO 3166-2 subdivision ("BY"), or "". Raises KeyError for what the package does not
    know. Where it has no names in the language, they are in the country's own. Each is named in
    Swedish and Norwegian too, where that is known.
    """
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known or (region and region not in known[country]):
        raise KeyError(country)

    def named(spoken: str) -> Mapping[date, str]:
        return _holidays(country, years=years, region=region, language=spoken)

    days, english = named(language), named("en_US")
    spoken = getattr(holidays, country).supported_languages
    others = {
        code: named(words[0])
        for code, codes in _OTHERS.items()
        if (words := [word for word in codes if word in spoken])
    }
    # Sweden counts every Sunday as a holiday; a calendar says that in its week.
    return {
        day: Exceptional(name, (), _said(day, english[day], others), is_holiday=True)
        for day, name in sorted(days.items())
        if name.strip().lower() not in ("sunday", "söndag")
    }


def _holidays(country: str, *, years: range, region: str, language: str) -> Mapping[date, str]:
    rules = getattr(holidays, country)
    # Midsummer Eve and Christmas Eve are no public holidays in Sweden, yet every office is closed.
    wanted = {"public", "de_facto"} & set(rules.supported_categories)
    found: Mapping[date, str] = rules(
        subdiv=region or None,
        years=years,
        categories=wanted or None,
        language=language if language in rules.supported_languages else None,
    )
    return found


def _said(day: date, english: str, others: Mapping[str, Mapping[date, str]]) -> dict[str, str]:
    names = {
        code: others[code][day] if code in others else holiday_name(english, code)
        for code in _OTHERS
    }
    return {code: name for code, name in names.items() if name}
