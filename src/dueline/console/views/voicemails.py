"""Voicemails: one that an engineer brings in a file, and what somebody heard in any of them."""

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dueline.actions import attempts
from dueline.actions import voicemails as acts
from dueline.console.access import Visit, agents_only
from dueline.console.acting import back, one_of
from dueline.console.instants import read_instant
from dueline.console.refusals import status_of
from dueline.core.case_numbers import case_number
from dueline.core.errors import Refusal
from dueline.core.inbound import File
from dueline.core.mail_text import file_name
from dueline.core.priorities import Priority
from dueline.intake.uploads import LARGEST, Upload, upload
from dueline.models import InboxItem
from dueline.queries.voicemails import voicemail_case
from dueline.wording.refusals import say_refusal
from dueline.wording.states import say_priority


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    try:
        item = upload(_said(request), actor=request.person, at=request.now)
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    return _became(request, item)


@agents_only
@require_POST
def state_priority(request: Visit, voicemail_id: int) -> HttpResponse:
    case_id = voicemail_case(voicemail_id)
    try:
        acts.state_priority(
            voicemail_id,
            priority=one_of(Priority, request.POST.get("priority", "")),
            actor=request.person,
            at=request.now,
        )
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        flashes.error(request, say_refusal(refusal))
        return back(request, case_id, "", place=f"#left-{voicemail_id}")
    said = _("Written down. It counts from when they hung up.")
    return back(request, case_id, said, place=f"#left-{voicemail_id}")


def _said(request: Visit) -> Upload:
    typed = request.POST
    if not typed.get("hung_up_at", "").strip():
        raise Refusal("hung_up_at", _("Say when they hung up: the call back is owed from then."))
    stated = typed.get("priority", "")
    return Upload(
        audio=_audio(request),
        hung_up_at=read_instant(typed["hung_up_at"], zone=request.zone, at=request.now),
        number=typed.get("number", "").strip()[:60],
        name=typed.get("name", "").strip()[:200],
        priority=one_of(Priority, stated) if stated else None,
        text=typed.get("text", "").strip(),
    )


def _audio(request: Visit) -> File:
    sent = request.FILES.get("audio")
    if sent is None:
        raise Refusal("audio", _("Choose the recording."))
    if (sent.size or 0) > LARGEST:  # asked before it is read
        raise Refusal("audio", _("The file is too large: at most 20 MB can be added."))
    if not attempts.take(attempts.UPLOAD, f"agent {request.person.id}", at=request.now):
        raise Refusal("audio", _("Many files came in the last hour. Please try again later."))
    kind = (sent.content_type or "application/octet-stream")[:100]
    return File(name=file_name(sent.name or ""), media_type=kind, content=sent.read())


def _became(request: Visit, item: InboxItem) -> HttpResponse:
    State = InboxItem.State
    if item.case_id and item.state == State.DUPLICATE:
        flashes.success(request, _("This recording was here already."))
    elif item.case_id:
        number = case_number(item.case_id)
        flashes.success(request, _("The voicemail is in %(number)s.") % {"number": number})
    else:
        flashes.success(request, _("The voicemail is kept. It waits in the inbox."))
    address = f"/console/cases/{case_number(item.case_id)}" if item.case_id else "/console/inbox"
    return HttpResponseRedirect(address)


def _page(request: Visit, *, refusal: Refusal | None = None) -> HttpResponse:
    errors = {refusal.code: say_refusal(refusal)} if refusal else {}
    context = {
        "here": "calls",
        "typed": request.POST,
        "errors": errors,
        "priorities": [(one.value, say_priority(one)) for one in Priority],
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "console/voicemail_new.html", context, status=status)
