"""Search: by Case Number, by words, by customer.

What a person types is cut into words and nothing else, so no text can be read as a command of the
database. Every word must be found (or its stem, in one of three languages), the last one also as a
beginning if too little is found otherwise. The newest text comes first, which is what a desk looks
for and what stays quick however many cases there are.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models import Max, Q

from dueline.core.audience import Person
from dueline.core.case_numbers import parse_case_number
from dueline.core.errors import Refusal
from dueline.core.stems import FAR, NEAR, reader_terms, terms_of_word, words_of
from dueline.models import Contact, Event
from dueline.queries.cases import visible_to
from dueline.queries.queue import QueueRow, rows_of
from dueline.wording.refusals import say_refusal

_MOST_WORDS = 12
# A shorter beginning than this would read most of the index and tell nobody anything.
_SHORTEST_BEGINNING = 3
_PEOPLE = 5
_FEWEST_DIGITS = 5  # of a telephone number


class ContactRow(NamedTuple):
    id: int
    name: str
    email: str | None
    phone: str
    organization_id: int | None
    organization: str | None


class SearchAnswer(NamedTuple):
    """rows: the newest first. contacts: for agents only.

    case_id: the case whose number was typed. misheard: what is wrong with the number, as a
    sentence. before: what to pass on for the older rows; None: there are none.
    """

    rows: list[QueueRow]
    contacts: list[ContactRow]
    case_id: int | None
    misheard: str | None
    before: int | None


def search(
    person: Person, text: str, *, limit: int = 50, before: int | None = None
) -> SearchAnswer:
    """Return what a person may see of what they look for."""
    case_id, misheard = _by_number(person, text)
    words = words_of(text)[:_MOST_WORDS]
    contacts = _contacts(text, words) if person.is_agent and words else []
    found = _newest_cases(person, words, limit=limit, before=before) if words else _Found([], None)
    by_id = {row.id: row for row in rows_of(person, found.case_ids, at_most=limit)}
    return SearchAnswer(
        rows=[by_id[id_] for id_ in found.case_ids if id_ in by_id],
        contacts=contacts,
        case_id=case_id,
        # A telephone number looks like a Case Number that was misheard, until it is found.
        misheard=None if contacts else misheard,
        before=found.before,
    )


def _by_number(person: Person, text: str) -> tuple[int | None, str | None]:
    try:
        case_id = parse_case_number(text)
    except Refusal as refusal:
        return None, say_refusal(refusal) if refusal.code == "misheard" else None
    # `first` and not `exists`: the number may be longer than any id that the database can hold.
    return visible_to(person).filter(pk=case_id).values_list("id", flat=True).first(), None


def _contacts(text: str, words: Sequence[str]) -> list[ContactRow]:
    """Return customers whose name, company or address holds every word, or whose number it is."""
    every_word = Q()
    for word in words:
        every_word &= (
            Q(name__icontains=word)
            | Q(email__contains=word)
            | Q(organization__name__icontains=word)
        )
    digits = "".join(filter(str.isdigit, text)).lstrip("0")
    is_phone = len(digits) >= _FEWEST_DIGITS and not any(map(str.isalpha, text))
    wanted = every_word | Q(phone__endswith=digits) if is_phone else every_word
    fields = ("id", "name", "email", "phone", "organization_id", "organization__name")
    return [ContactRow(*r) for r in Contact.objects.filter(wanted).values_list(*fields)[:_PEOPLE]]


# --- words --------------------------------------------------------------------------------------

_PUBLIC, _INTERNAL = "dueline_publicterms", "dueline_internalterms"


class _Term(NamedTuple):
    text: str
    is_beginning: bool = False


# Every group must be found in a text, by any one of its terms.
_Groups = Sequence[Sequence[_Term]]


class _Hit(NamedTuple):
    event_id: int
    case_id: int


class _Found(NamedTuple):
    case_ids: list[int]  # each once, by its newest text
    before: int | None


def _newest_cases(
    person: Person, words: Sequence[str], *, limit: int, before: int | None
) -> _Found:
    """Find every word; where that fills no page, take the last one for a beginning as well.

    A beginning has no order in either index: all that begins so would be gathered first, however
    much it is. So the whole word is tried before, which gives a common one its page at once.
    """
    groups = [[_Term(term) for term in terms_of_word(word)] for word in words]
    found = _newest_matching(person, groups, limit=limit, before=before)
    if found.before is not None or len(words[-1]) < _SHORTEST_BEGINNING:
        return found
    groups[-1].append(_Term(words[-1], is_beginning=True))
    return _newest_matching(person, groups, limit=limit, before=before)


def _newest_matching(
    person: Person, of_words: _Groups, *, limit: int, before: int | None
) -> _Found:
    tables = [_PUBLIC] if person.is_contact else [_PUBLIC, _INTERNAL]
    groups = [*of_words, *_groups_of_reader(person)]
    case_ids: dict[int, None] = {}
    for hits in _batches(tables, groups, before=before, size=2 * limit):
        # On an older page: not what stood on a newer one already, by a newer text.
        shown = _cases_since(before, tables, groups, hits) if before else set()
        for hit in hits:
            if hit.case_id in shown or hit.case_id in case_ids:
                continue
            if len(case_ids) == limit:
                return _Found(list(case_ids), hit.event_id + 1)
            case_ids[hit.case_id] = None
    return _Found(list(case_ids), None)


def _groups_of_reader(person: Person) -> list[list[_Term]]:
    if not person.is_contact or person.id is None:
        return []
    terms = reader_terms(contact_id=person.id, organization_id=person.organization_id)
    return [[_Term(term) for term in terms]]


def _batches(
    tables: Sequence[str], groups: _Groups, *, before: int | None, size: int
) -> Iterator[list[_Hit]]:
    newest = _newest_on_postgresql if connection.vendor == "postgresql" else _newest_on_sqlite
    before = before or (Event.objects.aggregate(latest=Max("id"))["latest"] or 0) + 1
    while hits := newest(tables, groups, before=before, size=size):
        yield hits
        if len(hits) < size:
            return
        before = hits[-1].event_id


# - SQLite: the index itself is walked from the newest text on, as far as is needed -


def _newest_on_sqlite(
    tables: Sequence[str], groups: _Groups, *, before: int, size: int
) -> list[_Hit]:
    matching = " UNION ALL ".join(
        f"SELECT rowid AS id, case_id FROM {table} WHERE {table} MATCH %s AND rowid < %s"  # noqa: S608
        for table in tables
    )
    return _fetch(
        f"{matching} ORDER BY id DESC LIMIT %s",
        (_spell_for_sqlite(groups), before) * len(tables) + (size,),
    )


def _spell_for_sqlite(groups: _Groups) -> str:
    spelled = [
        " OR ".join(f'"{term.text}"*' if term.is_beginning else f'"{term.text}"' for term in group)
        for group in groups
    ]
    return " AND ".join(f"({group})" for group in spelled)


# - PostgreSQL: its index has no order. Asked for a common word it would gather every text there
# is, and walking the texts from the newest on would read them all for a rare one. So the newest
# block is asked first, then a wider one, then everything: what is left by then is rare. -


def _newest_on_postgresql(
    tables: Sequence[str], groups: _Groups, *, before: int, size: int
) -> list[_Hit]:
    hits: list[_Hit] = []
    for block in ("near", "far", ""):
        within = [*groups, _newest_blocks(block, before)] if block else groups
        # Materialized: or the planner may walk the primary key in hope of an early hit.
        matching = " UNION ALL ".join(
            f"SELECT id, case_id FROM {table} WHERE terms @@ %s::tsquery AND id < %s"  # noqa: S608
            for table in tables
        )
        hits = _fetch(
            f"WITH hits AS MATERIALIZED ({matching}) "  # noqa: S608
            "SELECT * FROM hits ORDER BY id DESC LIMIT %s",
            (_spell_for_postgresql(within), before) * len(tables) + (size,),
        )
        if len(hits) == size:
            break
    return hits


def _newest_blocks(name: str, before: int) -> list[_Term]:
    """Return the block that ends with `before`, and its forerunner: that one is sure to be full."""
    block = (before - 1) >> (NEAR if name == "near" else FAR)
    return [_Term(f"{name}_{block}"), _Term(f"{name}_{block - 1}")]


def _spell_for_postgresql(groups: _Groups) -> str:
    spelled = [
        " | ".join(f"'{term.text}':*" if term.is_beginning else f"'{term.text}'" for term in group)
        for group in groups
    ]
    return " & ".join(f"({group})" for group in spelled)


# - both -


def _cases_since(
    event_id: int, tables: Sequence[str], groups: _Groups, hits: Sequence[_Hit]
) -> set[int]:
    """Return which of these cases have a matching text from an event on."""
    if connection.vendor == "postgresql":
        condition, spelled = "terms @@ %s::tsquery AND id >= %s", _spell_for_postgresql(groups)
    else:
        condition, spelled = "{table} MATCH %s AND rowid >= %s", _spell_for_sqlite(groups)
    case_ids = sorted({hit.case_id for hit in hits})
    among = ", ".join(["%s"] * len(case_ids))
    matching = " UNION ".join(
        f"SELECT 0, case_id FROM {table} WHERE {condition.format(table=table)} "  # noqa: S608
        f"AND case_id IN ({among})"
        for table in tables
    )
    found = _fetch(matching, [spelled, event_id, *case_ids] * len(tables))
    return {hit.case_id for hit in found}


def _fetch(sql: str, params: Sequence[int | str]) -> list[_Hit]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [_Hit(*row) for row in cursor.fetchall()]
