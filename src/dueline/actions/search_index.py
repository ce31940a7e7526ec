"""What search finds, written in the transaction that writes the text itself.

One document per event that carries a text, under the event's id, so that "newest first" means the
same everywhere. Public and internal texts lie in tables apart: no filter that somebody forgets can
let a customer's search touch an internal word, not even by a count (i16, i23).
"""

from django.db import connection

from dueline.core.stems import block_terms, reader_terms, terms_of
from dueline.models import Case


def index_public(text: str, *, event_id: int, case: Case) -> None:
    """Make a text findable that the customer may read."""
    readers = reader_terms(contact_id=case.contact_id, organization_id=case.organization_id)
    _write("dueline_publicterms", [*terms_of(text), *readers], event_id=event_id, case=case)


def index_internal(text: str, *, event_id: int, case: Case) -> None:
    """Make a text findable for colleagues alone: a note, a question to Tier Two, its answer."""
    _write("dueline_internalterms", terms_of(text), event_id=event_id, case=case)


def heading_of(case: Case) -> str:
    """Return what an opening message is found by besides its own text."""
    contact = case.contact
    company = contact.organization.name if contact.organization else ""
    return "\n".join([case.subject, company, contact.name, contact.email or "", contact.phone])


def _write(table: str, terms: list[str], *, event_id: int, case: Case) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"INSERT INTO {table} (id, case_id, terms) "  # noqa: S608 - a name of ours
                "VALUES (%s, %s, array_to_tsvector(%s))",
                [event_id, case.pk, [*terms, *block_terms(event_id)]],
            )
        else:
            cursor.execute(
                f"INSERT INTO {table} (rowid, case_id, terms) VALUES (%s, %s, %s)",  # noqa: S608
                [event_id, case.pk, " ".join(terms)],
            )
