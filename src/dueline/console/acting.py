"""How an act on a case begins and ends, for every page that has one.

A refused act brings the page back with what was typed and the reason; nothing typed is lost.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages as flashes
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from dueline.console.access import Visit
from dueline.console.composer import typed_in
from dueline.console.refusals import status_of
from dueline.console.views.cases import Typed, page
from dueline.core.case_numbers import case_number
from dueline.core.errors import Refusal
from dueline.queries.case_pages import facts_of


def do(
    request: Visit,
    case_id: int,
    act: Callable[[], Any],
    *,
    said: str,
    tab: str = "reply",
    place: str = "",
) -> HttpResponse:
    """Act, and lead back to the case.

    tab: of the composer, to which a refusal returns. place: on the page, to which success leads.
    """
    try:
        act()
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        typed = Typed(
            tab=tab,
            fields={key: value for key, value in request.POST.items() if isinstance(value, str)},
            letter=typed_in(request) if tab == "reply" else None,
            refusal=refusal,
            seen=number(request, "seen") or 0,
        )
        return page(request, case_id, typed=typed, status=status_of(refusal))
    return back(request, case_id, said, place=place)


def simply(
    request: Visit, case_id: int, act: Callable[..., Any], said: str, **more: Any
) -> HttpResponse:
    """Do what takes one button."""
    return do(
        request,
        case_id,
        lambda: act(case_id, actor=request.person, at=request.now, **more),
        said=said,
    )


def by_form(
    request: Visit,
    case_id: int,
    form: str,
    act: Callable[[], Any],
    *,
    said: str,
    path: str = "",
    offered: Callable[[], Mapping[str, Any]] = dict,
) -> HttpResponse:
    """Show the form of an act, or act.

    form: the name of its template in `console/acts`. path: of its address below the case; empty:
    as the form. offered: what the template needs to draw the choices.
    """
    typed: Mapping[str, Any] = {}
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            act()
        except Refusal as refusal:
            if refusal.code == "not-found":
                raise
            typed, refused = request.POST, refusal
        else:
            return back(request, case_id, said)
    case = facts_of(case_id, request.person)
    context = {
        "here": "cases",
        "case": case,
        "address": f"/console/cases/{case.number}",
        "path": path or form,
        "typed": typed,
        "refusal": refused,
        **offered(),
    }
    status = status_of(refused) if refused else 200
    return render(request, f"console/acts/{form}.html", context, status=status)


def back(request: HttpRequest, case_id: int, said: str, *, place: str = "") -> HttpResponse:
    if said:
        flashes.success(request, said)
    return HttpResponseRedirect(f"/console/cases/{case_number(case_id)}{place}")


def number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def one_of(kind: Any, value: str) -> Any:
    try:
        return kind(value)
    except ValueError as error:
        raise Refusal("bad-choice", _("Choose one of the offered.")) from error
