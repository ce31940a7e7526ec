"""All cases, the newest first, narrowed as one likes."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from dueline.console.access import Visit, agents_only
from dueline.console.lines import lines
from dueline.core.lifecycle import CaseState
from dueline.core.priorities import Priority
from dueline.queries.agents import agent_names
from dueline.queries.installations import installation_words
from dueline.queries.organizations import organization_names
from dueline.queries.plans import titles_of_plans
from dueline.queries.queue import newest
from dueline.wording.states import say_priority, say_state

_ROWS = 50
_FILTERS = (
    *("state", "priority", "company", "owner"),
    *("product", "version", "environment", "only"),
)


@agents_only
@require_safe
def show(request: Visit) -> HttpResponse:
    chosen = {key: request.GET.get(key, "")[:100] for key in _FILTERS}
    before = _number(request.GET.get("before", ""))
    rows = newest(
        request.person,
        states=_states(chosen["state"]),
        priority=chosen["priority"] if chosen["priority"] in list(Priority) else "",
        organization_id=_number(chosen["company"]),
        owner_id=_number(chosen["owner"]),
        is_unowned=chosen["owner"] == "nobody",
        is_enhancement=chosen["only"] == "enhancements",
        product=chosen["product"],
        product_version=chosen["version"],
        environment=chosen["environment"],
        before=before,
        limit=_ROWS + 1,
    )
    asked = {key: value for key, value in chosen.items() if value}
    shown = rows[:_ROWS]
    words = installation_words()
    context = {
        "here": "cases",
        "abouts": [
            (name, title, [("", _("Any")), *((word, word) for word in words[name])])
            for name, title in (
                ("product", _("Product")),
                ("version", _("Version")),
                ("environment", _("Environment")),
            )
            if words[name]
        ],
        "chosen": chosen,
        "rows": lines(
            shown,
            reader=request.person,
            plans=titles_of_plans(),
            now=request.now,
            zone=request.zone,
        ),
        "next_page": "?" + urlencode({**asked, "before": shown[-1].id}) if rows[_ROWS:] else "",
        "states": [
            ("", pgettext("cases", "Open")),
            ("all", _("All")),
            *((state.value, say_state(state)) for state in CaseState),
        ],
        "priorities": [("", _("Any")), *((p.value, say_priority(p)) for p in Priority)],
        "companies": [("", _("Any")), *organization_names()],
        "owners": [("", _("Anybody")), ("nobody", _("Nobody")), *agent_names()],
        "is_narrowed": bool(asked),
    }
    return render(request, "console/case_list.html", context)


def _states(chosen: str) -> list[str]:
    """Return the states to show. Empty: every one."""
    if chosen == "all":
        return []
    if chosen in list(CaseState):
        return [chosen]
    return [state.value for state in CaseState if state.is_open]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
