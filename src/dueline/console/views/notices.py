"""What is wrong with the house, for pages that have been open for a while."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dueline.console.access import Visit, agents_only


@agents_only
@require_safe
def show(request: Visit) -> HttpResponse:
    return render(request, "console/notices.html")
