"""No more copies of a case: by the link in the head of each of them, without signing in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dueline.actions import watchers
from dueline.core.case_numbers import case_number
from dueline.core.errors import Refusal
from dueline.core.instants import now


# No cookie proves anything here, so none can be misused: the signature in the address is the key.
# A mail program posts to it in the reader's name (RFC 8058), and knows no other page of ours.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    try:
        if request.method == "POST":
            case_id = watchers.end_watch_by_link(token, at=now())
        else:
            case_id = watchers.case_of_link(token)
    except Refusal as refusal:
        raise Http404 from refusal
    page = {"number": case_number(case_id), "is_over": request.method == "POST"}
    response = render(request, "portal/watching.html", page)
    response["Cache-Control"] = "no-store"
    return response
