"""A message of a case that becomes a case of its own."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dueline.actions import splitting
from dueline.console.access import Visit, agents_only
from dueline.console.acting import by_form
from dueline.queries.timeline import received


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: Visit, case_id: int, event_id: int) -> HttpResponse:
    def split_off() -> None:
        splitting.split(
            case_id,
            event_id=event_id,
            subject=request.POST.get("subject", ""),
            actor=request.person,
            at=request.now,
        )

    return by_form(
        request,
        case_id,
        "split",
        split_off,
        path=f"messages/{event_id}/case",
        said=_("It is a case of its own now, and counts from when the message arrived."),
        offered=lambda: {"message": received(event_id, case_id=case_id)},
    )
