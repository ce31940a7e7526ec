"""The HTML of a message in a frame of its own, and the pictures in it (i08, i09)."""

from django.http import Http404, HttpResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dueline.console.access import Visit, agents_only
from dueline.core.pictures import HEADERS, picture_of
from dueline.core.shown_html import Place, frame, frame_with_outside
from dueline.queries.message_html import get_html, get_picture


@agents_only
@require_safe
def show(request: Visit, message_id: int) -> HttpResponse:
    """`?pictures=outside` loads the pictures from outside, for this one view."""
    found = get_html(message_id, request.person)
    place = Place(
        origin=request.build_absolute_uri("/").rstrip("/"),
        path=f"/console/messages/{message_id}",
        style=static("dueline/css/message.css"),
    )
    if request.GET.get("pictures") == "outside":
        framed = frame_with_outside(found.html, pictures=found.pictures, place=place)
    else:
        framed = frame(
            found.html,
            pictures=found.pictures,
            place=place,
            told=_("Pictures from outside are not shown."),
            asks=_("Show them: it tells the sender that you read this"),
        )
    return HttpResponse(framed.page, headers=framed.headers)


@agents_only
@require_safe
def picture(request: Visit, message_id: int, file_id: int) -> HttpResponse:
    """Show a picture, if its bytes are one; its claimed type is not repeated."""
    try:
        content = get_picture(message_id, file_id, request.person)
    except FileNotFoundError as error:
        raise Http404 from error
    judged = picture_of(content)
    if judged is None:
        raise Http404
    return HttpResponse(content, content_type=judged.media_type, headers=HEADERS)
