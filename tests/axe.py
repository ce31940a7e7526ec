"""What axe has against a page."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

# What axe looks at as it comes, and of what it finds only the faults: the rest is most of its work.
_ASKED = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}


def violations(page: Any) -> list[dict[str, Any]]:
    """Return what axe finds, serious or not."""
    return Axe().run(page, options=_ASKED).response["violations"]


def serious(page: Any) -> list[tuple[str, list[Any]]]:
    """Return what is serious of it: the rule, and where."""
    return [
        (finding["id"], [node["target"] for node in finding["nodes"]])
        for finding in violations(page)
        if finding["impact"] in ("serious", "critical")
    ]
