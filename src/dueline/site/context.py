"""What every template may use without its view having said so."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.utils.functional import SimpleLazyObject

from dueline.core.instants import now
from dueline.queries.desk import Standing, get_standing


def page(request: HttpRequest) -> dict[str, Any]:
    """Give templates the reader and the desk. `standing` is only asked for where it is used."""
    asked = getattr(request, "standing", None)  # the console's views have asked already
    standing = asked or cast(Standing, SimpleLazyObject(get_standing))
    return {
        "person": getattr(request, "person", None),
        "standing": standing,
        # Masked once for a page and not once for each of its forms.
        "csrf_input": SimpleLazyObject(lambda: csrf_input(request)),
        "now_at": now(),
        "desk_name": SimpleLazyObject(_name_of(standing)),
    }


def _name_of(standing: Standing) -> Callable[[], str]:
    return lambda: standing.name
