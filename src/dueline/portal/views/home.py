"""The front door."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dueline.portal.access import CONSOLE, person_of
from dueline.queries.desk import NOT_SET_UP, get_standing


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Everybody's start: the own cases, the console, or what to do as a stranger."""
    person = person_of(request)
    if person is not None:
        return HttpResponseRedirect(CONSOLE if person.is_agent else "/cases")
    return render(request, "portal/home.html", {"is_set_up": get_standing() is not NOT_SET_UP})
