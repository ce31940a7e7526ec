"""The part of a page that says which promised hours have nobody on call."""

from collections.abc import Mapping
from typing import Any

from dueline.console.access import Visit
from dueline.core.oncall import Rota
from dueline.models import Desk
from dueline.queries.desk import day_at
from dueline.queries.on_call_gaps import AHEAD, open_nights


def nights_part(request: Visit, *, instead: Mapping[int, Rota] | None = None) -> dict[str, Any]:
    """Return what `console/open_nights.html` shows. instead: rotas as they would be, by id."""
    at = request.now.replace(second=0)  # a page does not say that a night began 17 seconds ago
    until = at + AHEAD
    return {
        "nights": open_nights(at=at, until=until, instead=instead),
        "nights_until": day_at(until),
        "has_chain": Desk.objects.filter(critical_chain__isnull=False).exists(),
    }
