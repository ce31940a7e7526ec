"""The addresses of the settings, which only administrators find."""

from django.urls import path

from dueline.console.views import settings_companies, settings_desk, settings_people

_COMPANY = "settings/companies/<int:organization_id>"
_AGENT = "settings/people/<int:agent_id>"
urlpatterns = [
    path("settings", settings_desk.show, name="settings"),
    path("settings/test-mail", settings_desk.test_mail, name="settings_test_mail"),
    path("settings/hours", settings_desk.hours, name="settings_hours"),
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
