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
    problems,
    promises,
    queue,
    search,
    splitting,
    tier_two,
    watchers,
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
    path("outbox", outbox.show, name="outbox"),
    path("outbox/<int:item_id>", outbox.read, name="outbox_mail"),
    path("outbox/<int:item_id>/sending", outbox.resend, name="resend"),
    path("problems", problems.index, name="problems"),
    path("problems/<int:problem_id>", problems.one, name="problem"),
    path("problems/<int:problem_id>/messages", problems.announce, name="announce"),
    path("problems/<int:problem_id>/solution", problems.solve, name="solve"),
    path(
        "problems/<int:problem_id>/solution/cases",
        problems.solve_with_cases,
        name="solve_with_cases",
    ),
    path("problems/<int:problem_id>/reopening", problems.take_up_again, name="take_up_again"),
    path("files/<int:file_id>", files.download, name="file"),
    path("messages/<int:message_id>/html", files.show_html, name="message_html"),
    path(_CASE, cases.show, name="case"),
    path(f"{_CASE}/promises/<slug:kind>/<int:ordinal>", promises.why, name="why"),
    path(f"{_CASE}/replies", acts.reply, name="reply"),
    path(f"{_CASE}/information-requests", acts.ask_customer, name="ask_customer"),
    path(f"{_CASE}/information-requests/end", acts.end_wait, name="end_wait"),
    path(f"{_CASE}/third-party", acts.await_third_party, name="third_party"),
    path(f"{_CASE}/notes", acts.add_note, name="note"),
    path(f"{_CASE}/calls", acts.log_call, name="log_call"),
    path(f"{_CASE}/questions", acts.ask_tier_two, name="ask_tier_two"),
    path(f"{_CASE}/ownership", acts.own, name="own"),
    path(f"{_CASE}/activation", acts.activate, name="activate"),
    path(f"{_CASE}/stage", acts.set_stage, name="set_stage"),
    path(f"{_CASE}/messages/<int:event_id>/case", splitting.split, name="split"),
    path(f"{_CASE}/watchers", watchers.add, name="watchers"),
    path(f"{_CASE}/watchers/<slug:kind>/<int:person_id>/end", watchers.end, name="end_watch"),
    path(f"{_CASE}/problem", problems.of_case, name="case_problem"),
    path(f"{_CASE}/problem/end", problems.unlink, name="unlink_problem"),
    path(f"{_CASE}/enhancement", acts.mark_enhancement, name="mark_enhancement"),
    path(f"{_CASE}/enhancement/end", acts.unmark_enhancement, name="unmark_enhancement"),
    path(f"{_CASE}/installation", acts.set_installation, name="installation"),
    path(f"{_CASE}/priority", acts.change_priority, name="priority"),
    path(f"{_CASE}/escalation", acts.escalate, name="escalate"),
    path(f"{_CASE}/resolution", acts.resolve, name="resolve"),
    path(f"{_CASE}/reopening", acts.reopen, name="reopen"),
    path(f"{_CASE}/closing", acts.close, name="close"),
    *settings_urls.urlpatterns,
]
