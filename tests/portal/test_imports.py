"""The safest leak is the one that cannot be written: what the portal may know of the rest."""

import ast
from pathlib import Path

import dueline.portal
from dueline.queries import portal

ROOT = Path(dueline.portal.__file__).parent
# Everything that the portal takes from the rooms below it. Whoever adds a line here has asked
# whether a customer may read all that comes with it.
KNOWN = {
    "dueline.models": {"Account", "Case", "Contact", "Desk", "HeldRequest", "Installation"},
    "dueline.queries": {"portal"},
    "dueline.queries.contact_changes": {"company_changes"},
    "dueline.queries.coverage": {"cover_now"},
    "dueline.queries.desk": {"NOT_SET_UP", "get_standing"},
    "dueline.queries.entries": {"entry_of_address", "entry_of_contact"},
    "dueline.queries.guide": {"guide", "pdf_of"},
    "dueline.queries.guide_editions": {"earlier_editions", "edition_for"},
    "dueline.queries.held_requests": {
        "decided_requests",
        "held_download",
        "held_request",
        "waiting_requests",
    },
    "dueline.queries.installations": {"installations_of"},
    "dueline.queries.message_html": {"get_html", "get_picture"},
    "dueline.queries.organizations": {"OrganizationPage", "organization"},
    "dueline.queries.policies": {"current_policy", "promises_now"},
}


def imports_of(path: Path) -> list[tuple[str, str]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found += [(node.module or "", name.name) for name in node.names]
        elif isinstance(node, ast.Import):
            found += [(name.name, "") for name in node.names]
    return found


def test_the_portal_imports_nothing_through_which_it_could_read_what_is_internal():
    modules = sorted(ROOT.rglob("*.py"))
    assert modules
    for path in modules:
        for module, name in imports_of(path):
            assert module != "dueline.models.cases", path
            if module == "dueline.queries.portal":
                continue
            if module.startswith(("dueline.models", "dueline.queries")):
                assert name in KNOWN.get(module, set()), (path, module, name)


def test_the_portals_own_query_does_not_know_notes_and_questions():
    imported = {name for _, name in imports_of(Path(portal.__file__))}
    assert not imported & {"Note", "Question"}
