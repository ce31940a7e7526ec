"""The HTML of a message in a frame of its own, and the pictures in it (i08, i09)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dueline.core.audience import Person
from dueline.core.pictures import HEADERS, picture_of
from dueline.core.shown_html import Place, frame
from dueline.portal.access import customers_only
from dueline.queries.message_html import get_html, get_picture


@customers_only
@require_safe
def show(request: HttpRequest, person: Person, message_id: int) -> HttpResponse:
    """Pictures from outside stay out: whoever was sent them has them in their own mail."""
    found = get_html(message_id, person)
    place = Place(
        origin=request.build_absolute_uri("/").rstrip("/"),
        path=f"/messages/{message_id}",
        style=static("dueline/css/message.css"),
    )
    told = _("Pictures from outside are not shown.")
    framed = frame(found.html, pictures=found.pictures, place=place, told=told, asks="")
    return HttpResponse(framed.page, headers=framed.headers)


@customers_only
@require_safe
def picture(request: HttpRequest, person: Person, message_id: int, file_id: int) -> HttpResponse:
    """Show a picture, if its bytes are one; its claimed type is not repeated."""
    try:
        content = get_picture(message_id, file_id, person)
    except FileNotFoundError as error:
        raise Http404 from error
    judged = picture_of(content)
    if judged is None:
        raise Http404
    return HttpResponse(content, content_type=judged.media_type, headers=HEADERS)
