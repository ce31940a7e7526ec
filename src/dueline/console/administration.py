"""Pages that only administrators find."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse

from dueline.console.access import Visit, agents_only


def administrators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let only administrators in; nobody else learns that there is such a page."""

    @wraps(view)
    def guarded(request: Visit, *arguments: Any, **named: Any) -> HttpResponse:
        if not request.person.is_administrator:
            raise Http404
        return view(request, *arguments, **named)

    return agents_only(guarded)


def typed_in(request: Visit) -> Mapping[str, str]:
    return request.POST.dict()
