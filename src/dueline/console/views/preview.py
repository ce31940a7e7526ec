"""A letter as it would leave, before it does."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from dueline.actions.previews import preview_reply
from dueline.console import drafting
from dueline.console.access import Visit, agents_only
from dueline.console.composer import own_draft, typed_in
from dueline.console.live import is_part
from dueline.console.mail_alone import mail_alone
from dueline.console.refusals import status_of
from dueline.core.errors import Refusal
from dueline.core.lifecycle import Act, CaseState, allows
from dueline.queries.case_pages import facts_of
from dueline.queries.drafts import drafts_of

_ACTS = ("reply", "ask", "resolve")


@agents_only
@require_POST
def show(request: Visit, case_id: int) -> HttpResponse:
    """Show the mails that what is typed would become. It is kept as a draft on the way."""
    case = facts_of(case_id, request.person)
    act = request.POST.get("act", "")
    act = act if act in _ACTS else "reply"
    context: dict[str, Any] = {
        "here": "cases",
        "case": case,
        "address": f"/console/cases/{case.number}",
        "waits_too": act == "reply" and allows(CaseState(case.state), Act.ASK_CUSTOMER),
        "mails": [],
        "refusal": None,
    }
    try:
        drafting.keep(request, case_id, act)
        context["mails"] = preview_reply(
            case_id,
            text=request.POST.get("text", ""),
            act=act,
            cc=typed_in(request).cc,
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        context["refusal"] = refusal
    status = status_of(context["refusal"]) if context["refusal"] else 200
    template = "console/preview_part.html" if is_part(request) else "console/preview.html"
    return render(request, template, context, status=status)


@agents_only
@require_safe
@xframe_options_sameorigin
def as_read(request: Visit, case_id: int, position: int) -> HttpResponse:
    """Return the HTML of one of the mails of one's draft: for a frame, where nothing can run."""
    facts_of(case_id, request.person)
    draft = own_draft(drafts_of(case_id), request)
    if draft is None:
        raise Http404
    try:
        mails = preview_reply(
            case_id,
            text=draft.text,
            act=draft.act,
            cc=draft.cc,
            actor=request.person,
            at=request.now,
        )
        html = mails[position].html
    except (Refusal, IndexError) as error:
        raise Http404 from error
    return mail_alone(html)
