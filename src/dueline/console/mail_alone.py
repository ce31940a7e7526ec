"""A mail of ours, shown as its reader sees it."""

from django.http import HttpResponse

# The letter brings its own styles; nothing in it runs, and nothing is loaded.
_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def mail_alone(html: str) -> HttpResponse:
    """Return the HTML of a mail by itself, for a frame of the page about it.

    The view must be `xframe_options_sameorigin`.
    """
    return HttpResponse(html, headers={"Content-Security-Policy": _POLICY})
