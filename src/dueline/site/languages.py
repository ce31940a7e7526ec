"""In which language a page is shown: the reader's own choice before that of their browser."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

View = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """Let the language that a person has chosen win.

    Django's LocaleMiddleware has looked at the visitor's cookie and at the browser already; only
    now is it known who asks.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.person  # type: ignore[attr-defined]
        if person is not None and person.language in dict(settings.LANGUAGES):
            translation.activate(person.language)
        response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        return response
