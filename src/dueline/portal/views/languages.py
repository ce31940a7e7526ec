"""Choosing the language: at the foot of a page for a visitor, on their own page for the rest."""

from django.conf import settings
from django.contrib import messages as flashes
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dueline.actions.languages import choose_language
from dueline.core.errors import Refusal
from dueline.portal.access import person_of, safe_path, to_sign_in
from dueline.portal.views import account
from dueline.wording.refusals import say_refusal

_A_YEAR = 365 * 24 * 3600


@require_POST
def visitor(request: HttpRequest) -> HttpResponse:
    """Remember a visitor's language in their own browser, and show the page again."""
    response = HttpResponseRedirect(safe_path(request.POST.get("next", "")) or "/")
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=_A_YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@require_POST
def own(request: HttpRequest) -> HttpResponse:
    """Read pages and mails in a language of one's own."""
    person = person_of(request)
    if person is None:
        return to_sign_in(request)
    language = request.POST.get("language", "")
    try:
        choose_language(language, actor=person)
    except Refusal as refusal:
        return account.page(request, errors={"language": say_refusal(refusal)})
    with override(language or get_language_from_request(request)):
        flashes.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("portal:account"))
