"""Fill a database with as many cases as asked for, quickly; then check a sample of them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection, models, transaction

from bench.histories import Histories, History, People
from bench.people import COMPANIES, CONTACTS_EACH, ENGINEERS, PASSWORD
from dueline.actions.calendars import publish_calendar
from dueline.actions.policies import SHIPPED_POLICY, publish_policy
from dueline.core.stems import block_terms
from dueline.models import (
    Account,
    Agent,
    Case,
    Commitment,
    Contact,
    Contract,
    Desk,
    Event,
    Message,
    Note,
    Organization,
    OutboxItem,
)
from dueline.queries.commitments import differences

_BATCH = 1_000
_CALENDAR = """
name = "Office hours"
zone = "Europe/Stockholm"
[week]
monday = ["08:00-17:00"]
tuesday = ["08:00-17:00"]
wednesday = ["08:00-17:00"]
thursday = ["08:00-17:00"]
friday = ["08:00-17:00"]
"""


def main(cases: int) -> None:
    call_command("migrate", verbosity=0)
    at = datetime.now(UTC).replace(microsecond=0)
    seed(cases, at=at)
    _check(200)


def seed(cases: int, *, at: datetime, **how: float) -> None:
    """Seed an empty database. at: the present; the newest cases are minutes old."""
    with transaction.atomic():
        people = _set_up_desk(at=at - timedelta(days=800))
        batch: list[History] = []
        for history in Histories(people, cases, at=at, **how):
            batch.append(history)
            if len(batch) == _BATCH:
                _write(batch)
                batch.clear()
        _write(batch)
        _catch_up_sequences()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _set_up_desk(*, at: datetime) -> People:
    Desk.objects.create(
        id=1,
        name="Bench Support",
        zone="Europe/Stockholm",
        calendar=publish_calendar(source=_CALENDAR, at=at).calendar,
        policy=publish_policy(source=SHIPPED_POLICY, at=at).policy,
        mail_address="support@desk.example",
        phone_office="+46 13 000 00 00",
        phone_other="+46 13 000 00 01",
        public_url="http://desk.example",
        set_up_at=at,
        undo_seconds=0,  # a visit that writes measures the act itself
    )
    password = make_password(PASSWORD)

    def account(email: str) -> Account:
        return Account.objects.create(email=email, password=password, created_at=at)

    for n in range(ENGINEERS):
        Agent.objects.create(
            account=account(f"engineer{n}@desk.example"),
            name=f"Engineer {n}",
            tier=2 if n >= ENGINEERS - 4 else 1,
            created_at=at,
        )
    for n in range(COMPANIES):
        company = Organization.objects.create(name=f"Company {n:03}", created_at=at)
        plan = "extended" if n % 2 else "standard"
        Contract.objects.create(
            organization=company, plan=plan, starts_on=date(2020, 1, 1), created_at=at
        )
        for i in range(CONTACTS_EACH):
            email = f"contact{i}@company{n:03}.example"
            Contact.objects.create(
                organization=company,
                account=account(email),
                name=f"Contact {n:03}-{i}",
                email=email,
                phone=f"+46701{n:03}{i:03}",
                is_super_user=i == 0,
                sees_company=i == 0,
                created_at=at,
            )
    contacts = Contact.objects.prefetch_related("organization__contracts").order_by("id")
    return People(list(Agent.objects.all()), list(contacts))


def _write(batch: list[History]) -> None:
    # A case names its nearest commitment and a commitment its case: first without, then with.
    nearest_ids = [(history.case.nearest_id, history.case.pk) for history in batch]
    for history in batch:
        history.case.nearest_id = None
    _insert(history.case for history in batch)
    for rows in ("messages", "notes", "events", "commitments", "outbox"):
        _insert(row for history in batch for row in getattr(history, rows))
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE dueline_case SET nearest_id = %s WHERE id = %s", nearest_ids)
    _insert_terms(batch)


def _insert(rows: Iterable[models.Model]) -> None:
    """What `bulk_create` does, in half the time."""
    all_rows = list(rows)
    if not all_rows:
        return
    model = all_rows[0]._meta
    fields = [(field.attname, field.get_db_prep_save) for field in model.concrete_fields]
    columns = ", ".join(f'"{field.column}"' for field in model.concrete_fields)
    values = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {model.db_table} ({columns}) VALUES ({values})",
            [
                [prepare(getattr(row, name), connection) for name, prepare in fields]
                for row in all_rows
            ],
        )


def _insert_terms(batch: list[History]) -> None:
    on_postgresql = connection.vendor == "postgresql"
    columns = "(id, case_id, terms)" if on_postgresql else "(rowid, case_id, terms)"
    value = "array_to_tsvector(%s)" if on_postgresql else "%s"
    with connection.cursor() as cursor:
        for history in batch:
            for table, event_id, terms in history.terms:
                stored = [*terms, *block_terms(event_id)] if on_postgresql else " ".join(terms)
                cursor.execute(
                    f"INSERT INTO {table} {columns} VALUES (%s, %s, {value})",
                    [event_id, history.case.pk, stored],
                )


def _catch_up_sequences() -> None:
    """Let PostgreSQL go on after the ids that we gave ourselves (SQLite does so by itself)."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in (Case, Event, Message, Note, Commitment, OutboxItem):
            table = model._meta.db_table
            latest = f"COALESCE((SELECT MAX(id) FROM {table}), 1)"
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {latest})")


def _check(sample: int) -> None:
    """Recompute a sample of the stored cases from their events."""
    ids = list(Case.objects.values_list("id", flat=True))
    for case_id in Random(3).sample(ids, min(sample, len(ids))):
        if found := differences(case_id):
            raise SystemExit(f"Case {case_id}: {found}")
