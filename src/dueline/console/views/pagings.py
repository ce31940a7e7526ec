"""Acknowledging, from the console, that one takes up what people are paged about."""

from django.contrib import messages as flashes
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dueline.actions import paging
from dueline.console.access import Visit, agents_only
from dueline.core.case_numbers import case_number
from dueline.core.errors import Refusal
from dueline.wording.refusals import say_refusal

_ON_CALL = "/console/on-call"


@agents_only
@require_POST
def acknowledge(request: Visit, paging_id: int) -> HttpResponse:
    """Take it up, and go to the case: what was acknowledged is to be answered now."""
    try:
        taken = paging.acknowledge(paging_id, agent=request.person, way="console", at=request.now)
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        flashes.warning(request, say_refusal(refusal))
        return HttpResponseRedirect(_ON_CALL)
    if taken.case_id is None:
        flashes.success(request, _("It is yours, and nobody else is woken."))
        return HttpResponseRedirect(_ON_CALL)
    flashes.success(request, _("It is yours, and nobody else is woken. Answer the customer now."))
    return HttpResponseRedirect(f"/console/cases/{case_number(taken.case_id)}")
