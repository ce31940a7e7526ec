"""The addresses of the console. One address and verb, one view, one act."""

from django.urls import URLPattern, path, register_converter

from dueline.console import settings_urls
from dueline.console.converters import CaseNumberConverter
from dueline.console.views import (
    acts,
    calls,
    case_list,
    cases,
    files,
    inbox,
    outbox,
    promises,
    queue,
    search,
    tier_two,
)

register_converter(CaseNumberConverter, "case_number")

app_name = "console"
_CASE = "cases/<case_number:case_id>"
urlpatterns: list[URLPattern] = [
    path("queue", queue.show, name="queue"),
    path("cases", case_list.show, name="cases"),
    path("calls/new", calls.new, name="new_call"),
    path("search", search.show, name="search"),
    path("tier-two", tier_two.show, name="tier_two"),
    path("tier-two/<int:question_id>/answer", tier_two.answer, name="answer"),
    path("tier-two/<int:question_id>/taken-back", tier_two.take_back, name="take_back"),
    path("inbox", inbox.show, name="inbox"),
    path("inbox/<int:item_id>/raw", files.download_raw, name="raw"),
    path("inbox/<int:item_id>/reading", inbox.try_again, name="read_again"),
    path("inbox/<int:item_id>/case", inbox.open_as_case, name="open_held"),
    path("inbox/<int:item_id>/message", inbox.add_to_case, name="add_held"),
    path("inbox/<int:item_id>/dismissal", inbox.dismiss, name="dismiss"),
    path("requests/<int:held_id>/vouching", inbox.vouch, name="vouch"),
    path("requests/<int:held_id>/dismissal", inbox.dismiss_request, name="dismiss_request"),
    path("requests/<int:held_id>/files/<int:file_id>", inbox.request_file, name="request_file"),
    path("outbox", outbox.show, name="outbox"),
    path("outbox/<int:item_id>", outbox.read, name="outbox_mail"),
    path("outbox/<int:item_id>/sending", outbox.resend, name="resend"),
    path("files/<int:file_id>", files.download, name="file"),
    path("messages/<int:message_id>/html", files.show_html, name="message_html"),
    path(_CASE, cases.show, name="case"),
    path(f"{_CASE}/promises/<slug:kind>/<int:ordinal>", promises.why, name="why"),
    path(f"{_CASE}/replies", acts.reply, name="reply"),
    path(f"{_CASE}/information-requests", acts.ask_customer, name="ask_customer"),
    path(f"{_CASE}/information-requests/end", acts.end_wait, name="end_wait"),
    path(f"{_CASE}/notes", acts.add_note, name="note"),
    path(f"{_CASE}/calls", acts.log_call, name="log_call"),
    path(f"{_CASE}/questions", acts.ask_tier_two, name="ask_tier_two"),
    path(f"{_CASE}/ownership", acts.own, name="own"),
    path(f"{_CASE}/activation", acts.activate, name="activate"),
    path(f"{_CASE}/stage", acts.set_stage, name="set_stage"),
    path(f"{_CASE}/priority", acts.change_priority, name="priority"),
    path(f"{_CASE}/escalation", acts.escalate, name="escalate"),
    path(f"{_CASE}/resolution", acts.resolve, name="resolve"),
    path(f"{_CASE}/reopening", acts.reopen, name="reopen"),
    path(f"{_CASE}/closing", acts.close, name="close"),
    *settings_urls.urlpatterns,
]
