"""The addresses of the settings, which only administrators find."""

from django.urls import path

from dueline.console.views import (
    settings_calendar_draft,
    settings_calendars,
    settings_companies,
    settings_desk,
    settings_laboratory,
    settings_people,
)

_COMPANY = "settings/companies/<int:organization_id>"
_AGENT = "settings/people/<int:agent_id>"
_CALENDAR = "settings/calendars/<int:calendar_id>"
_DRAFT = f"{_CALENDAR}/draft"
_VERSION = f"{_CALENDAR}/versions/<int:number>"
urlpatterns = [
    path("settings", settings_desk.show, name="settings"),
    path("settings/test-mail", settings_desk.test_mail, name="settings_test_mail"),
    path("settings/hours", settings_calendars.hours, name="settings_hours"),
    path("settings/calendars", settings_calendars.index, name="settings_calendars"),
    path("settings/laboratory", settings_laboratory.show, name="settings_laboratory"),
    path(_CALENDAR, settings_calendars.show, name="settings_calendar"),
    path(_VERSION, settings_calendars.version, name="settings_calendar_version"),
    path(f"{_VERSION}/text", settings_calendars.text, name="settings_calendar_text"),
    path(_DRAFT, settings_calendar_draft.show, name="settings_calendar_draft"),
    path(f"{_DRAFT}/holidays", settings_calendar_draft.holidays, name="settings_draft_holidays"),
    path(f"{_DRAFT}/dates", settings_calendar_draft.dates, name="settings_draft_dates"),
    path(f"{_DRAFT}/closures", settings_calendar_draft.closures, name="settings_draft_closures"),
    path(f"{_DRAFT}/text", settings_calendar_draft.text, name="settings_draft_text"),
    path(f"{_DRAFT}/publication", settings_calendar_draft.publish, name="settings_draft_publish"),
    path(f"{_DRAFT}/discarding", settings_calendar_draft.discard, name="settings_draft_discard"),
    path(f"{_DRAFT}/return", settings_calendar_draft.bring_back, name="settings_draft_return"),
    path("settings/policy", settings_desk.policy, name="settings_policy"),
    path("settings/people", settings_people.index, name="settings_people"),
    path(_AGENT, settings_people.change, name="settings_agent"),
    path(f"{_AGENT}/invitation", settings_people.invite, name="settings_invite"),
    path(f"{_AGENT}/activity", settings_people.activity, name="settings_activity"),
    path("settings/companies", settings_companies.index, name="settings_companies"),
    path(_COMPANY, settings_companies.show, name="settings_company"),
    path(f"{_COMPANY}/contacts", settings_companies.add_contact, name="settings_add_contact"),
    path(
        f"{_COMPANY}/contacts/<int:contact_id>",
        settings_companies.change_contact,
        name="settings_contact",
    ),
    path(f"{_COMPANY}/contracts", settings_companies.add_contract, name="settings_add_contract"),
    path(
        f"{_COMPANY}/contracts/<int:contract_id>",
        settings_companies.end_contract,
        name="settings_contract",
    ),
]
