"""The addresses of the settings, which only administrators find (and managers, some of them)."""

from django.urls import path

from dueline.console.views import (
    my_hours,
    page_destinations,
    settings_calendar_draft,
    settings_calendars,
    settings_companies,
    settings_desk,
    settings_draft,
    settings_health,
    settings_laboratory,
    settings_mail,
    settings_mailboxes,
    settings_paging,
    settings_people,
    settings_policy,
    settings_rota_import,
    settings_rotas,
    settings_senders,
    settings_speech,
    settings_telephone,
    settings_templates,
    settings_voicemails,
)

_COMPANY = "settings/companies/<int:organization_id>"
_DRAFT = "settings/policy/draft"
_AGENT = "settings/people/<int:agent_id>"
_CALENDAR = "settings/calendars/<int:calendar_id>"
_CALENDAR_DRAFT = f"{_CALENDAR}/draft"
_PAGING = "settings/paging"
_CHAIN = f"{_PAGING}/<int:chain_id>"
_ROTA = "settings/rotas/<int:rota_id>"
_LAYER = "settings/rotas/layers/<int:layer_id>"
_TEMPLATE = "settings/templates/<int:template_id>"
_VERSION = f"{_CALENDAR}/versions/<int:number>"
_MAIL = "settings/mail"
_MAILBOX = f"{_MAIL}/mailboxes/<int:mailbox_id>"
_WEBHOOK = f"{_MAIL}/webhooks/<int:webhook_id>"
_TELEPHONE = "settings/telephone"
_PHONE_WEBHOOK = f"{_TELEPHONE}/webhooks/<int:phone_webhook_id>"
urlpatterns = [
    path("settings", settings_desk.show, name="settings"),
    path("settings/test-mail", settings_desk.test_mail, name="settings_test_mail"),
    path("settings/hours", settings_calendars.hours, name="settings_hours"),
    path("settings/calendars", settings_calendars.index, name="settings_calendars"),
    path("settings/laboratory", settings_laboratory.show, name="settings_laboratory"),
    path(_CALENDAR, settings_calendars.show, name="settings_calendar"),
    path(_VERSION, settings_calendars.version, name="settings_calendar_version"),
    path(f"{_VERSION}/text", settings_calendars.text, name="settings_calendar_text"),
    path(_CALENDAR_DRAFT, settings_calendar_draft.show, name="settings_calendar_draft"),
    path(
        f"{_CALENDAR_DRAFT}/holidays",
        settings_calendar_draft.holidays,
        name="settings_calendar_draft_holidays",
    ),
    path(
        f"{_CALENDAR_DRAFT}/dates",
        settings_calendar_draft.dates,
        name="settings_calendar_draft_dates",
    ),
    path(
        f"{_CALENDAR_DRAFT}/closures",
        settings_calendar_draft.closures,
        name="settings_calendar_draft_closures",
    ),
    path(
        f"{_CALENDAR_DRAFT}/text", settings_calendar_draft.text, name="settings_calendar_draft_text"
    ),
    path(
        f"{_CALENDAR_DRAFT}/publication",
        settings_calendar_draft.publish,
        name="settings_calendar_draft_publish",
    ),
    path(
        f"{_CALENDAR_DRAFT}/discarding",
        settings_calendar_draft.discard,
        name="settings_calendar_draft_discard",
    ),
    path(
        f"{_CALENDAR_DRAFT}/return",
        settings_calendar_draft.bring_back,
        name="settings_calendar_draft_return",
    ),
    path("settings/policy", settings_policy.show, name="settings_policy"),
    path(
        "settings/policy/versions/<int:number>",
        settings_policy.show_version,
        name="settings_policy_version",
    ),
    path(
        "settings/policy/versions/<int:number>.toml",
        settings_policy.export,
        name="settings_policy_export",
    ),
    path(_DRAFT, settings_draft.show, name="settings_draft"),
    path(f"{_DRAFT}.toml", settings_draft.export, name="settings_draft_export"),
    path(f"{_DRAFT}/removal", settings_draft.discard, name="settings_draft_discard"),
    path(f"{_DRAFT}/publication", settings_draft.publish, name="settings_draft_publish"),
    path(
        f"{_DRAFT}/acknowledgements", settings_draft.acknowledge, name="settings_draft_acknowledge"
    ),
    path(f"{_DRAFT}/plans", settings_draft.add_plan, name="settings_draft_add_plan"),
    path(f"{_DRAFT}/plans/<str:plan>", settings_draft.edit_plan, name="settings_draft_plan"),
    path(
        f"{_DRAFT}/plans/<str:plan>/removal",
        settings_draft.remove_plan,
        name="settings_draft_remove_plan",
    ),
    path(f"{_DRAFT}/priorities", settings_draft.edit_priorities, name="settings_draft_priorities"),
    path(f"{_DRAFT}/warnings", settings_draft.edit_warnings, name="settings_draft_warnings"),
    path(f"{_DRAFT}/rules", settings_draft.edit_rules, name="settings_draft_rules"),
    path(f"{_DRAFT}/text", settings_draft.edit_text, name="settings_draft_text"),
    path(_MAIL, settings_mail.show, name="settings_mail"),
    path(f"{_MAIL}/mailboxes/new", settings_mailboxes.new, name="settings_new_mailbox"),
    path(f"{_MAIL}/mailboxes/trial", settings_mailboxes.try_new, name="settings_try_new_mailbox"),
    path(_MAILBOX, settings_mailboxes.one, name="settings_mailbox"),
    path(f"{_MAILBOX}/trial", settings_mailboxes.try_one, name="settings_try_mailbox"),
    path(f"{_MAILBOX}/activity", settings_mailboxes.activity, name="settings_mailbox_activity"),
    path(f"{_MAILBOX}/removal", settings_mailboxes.remove, name="settings_remove_mailbox"),
    path(f"{_MAILBOX}/connection", settings_mailboxes.connect, name="settings_connect"),
    path(f"{_MAIL}/connected", settings_mailboxes.connected, name="settings_connected"),
    path(f"{_MAIL}/webhooks", settings_mail.webhooks, name="settings_webhooks"),
    path(_WEBHOOK, settings_mail.webhook_key, name="settings_webhook"),
    path(f"{_WEBHOOK}/activity", settings_mail.webhook_activity, name="settings_webhook_activity"),
    path(f"{_MAIL}/senders", settings_senders.senders, name="settings_senders"),
    path(f"{_MAIL}/senders/scanner", settings_senders.try_scanner, name="settings_try_scanner"),
    path(f"{_MAIL}/voicemails", settings_voicemails.change, name="settings_voicemails"),
    path(f"{_MAIL}/outgoing", settings_senders.outgoing, name="settings_outgoing"),
    path(f"{_MAIL}/outgoing/key", settings_senders.make_key, name="settings_dkim_key"),
    path(_PAGING, settings_paging.index, name="settings_paging"),
    path(f"{_PAGING}/choice", settings_paging.choose, name="settings_paging_choice"),
    path(_CHAIN, settings_paging.one, name="settings_chain"),
    path(f"{_CHAIN}/removal", settings_paging.remove, name="settings_chain_removal"),
    path(_TELEPHONE, settings_telephone.show, name="settings_telephone"),
    path(f"{_TELEPHONE}/speech", settings_speech.show, name="settings_speech"),
    path(
        f"{_TELEPHONE}/webhooks", settings_telephone.add_webhook, name="settings_add_phone_webhook"
    ),
    path(_PHONE_WEBHOOK, settings_telephone.webhook_key, name="settings_phone_webhook"),
    path(
        f"{_PHONE_WEBHOOK}/activity",
        settings_telephone.webhook_activity,
        name="settings_phone_webhook_activity",
    ),
    path("settings/health", settings_health.show, name="settings_health"),
    path("settings/health/ping", settings_health.try_ping, name="settings_try_ping"),
    path(
        "settings/health/parts/<slug:part>/end", settings_health.forget, name="settings_forget_part"
    ),
    path("settings/people", settings_people.index, name="settings_people"),
    path(_AGENT, settings_people.change, name="settings_agent"),
    path(f"{_AGENT}/hours", my_hours.of_colleague, name="settings_hours"),
    path(f"{_AGENT}/invitation", settings_people.invite, name="settings_invite"),
    path(f"{_AGENT}/pages", page_destinations.of_agent, name="settings_pages"),
    path(f"{_AGENT}/activity", settings_people.activity, name="settings_activity"),
    path("settings/rotas", settings_rotas.index, name="settings_rotas"),
    path(_ROTA, settings_rotas.one, name="settings_rota"),
    path(f"{_ROTA}/activity", settings_rotas.activity, name="settings_rota_activity"),
    path(f"{_ROTA}/feed", settings_rotas.feed, name="settings_rota_feed"),
    path(f"{_ROTA}/layers", settings_rotas.new_layer, name="settings_new_layer"),
    path(_LAYER, settings_rotas.layer, name="settings_layer"),
    path(f"{_LAYER}/removal", settings_rotas.remove_layer, name="settings_layer_remove"),
    path(f"{_LAYER}/raising", settings_rotas.raise_layer, name="settings_layer_raise"),
    path(f"{_LAYER}/shifts", settings_rota_import.show, name="settings_layer_shifts"),
    path("settings/templates", settings_templates.index, name="settings_templates"),
    path(_TEMPLATE, settings_templates.one, name="settings_template"),
    path(f"{_TEMPLATE}/preview", settings_templates.preview, name="settings_template_preview"),
    path(f"{_TEMPLATE}/activity", settings_templates.activity, name="settings_template_activity"),
    path("settings/companies", settings_companies.index, name="settings_companies"),
    path(_COMPANY, settings_companies.show, name="settings_company"),
    path(f"{_COMPANY}/contacts", settings_companies.add_contact, name="settings_add_contact"),
    path(
        f"{_COMPANY}/contacts/<int:contact_id>",
        settings_companies.change_contact,
        name="settings_contact",
    ),
    path(
        f"{_COMPANY}/contacts/<int:contact_id>/leaving",
        settings_companies.let_go,
        name="settings_let_go",
    ),
    path(
        f"{_COMPANY}/installations",
        settings_companies.add_installation,
        name="settings_add_installation",
    ),
    path(
        f"{_COMPANY}/installations/<int:installation_id>/removal",
        settings_companies.remove_installation,
        name="settings_remove_installation",
    ),
    path(f"{_COMPANY}/rebase", settings_companies.rebase, name="settings_rebase"),
    path(f"{_COMPANY}/contracts", settings_companies.add_contract, name="settings_add_contract"),
    path(
        f"{_COMPANY}/contracts/<int:contract_id>",
        settings_companies.end_contract,
        name="settings_contract",
    ),
    path(
        f"{_COMPANY}/contracts/<int:contract_id>/limits",
        settings_companies.set_limits,
        name="settings_limits",
    ),
]
