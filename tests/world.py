"""The one cast of every test.

Asta (engineer), Bo (on call), Tove (Tier Two), Ada (administrator); Cleo (super-user) and Dag
(plain contact) at Northwind, extended plan; Eve (super-user) at Southgate, standard plan, who must
see nothing of Northwind.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection

from dueline.actions import cases
from dueline.actions.calendars import publish_calendar
from dueline.actions.contact_numbers import keep_number
from dueline.actions.policies import SHIPPED_POLICY, publish_policy
from dueline.core.audience import Person
from dueline.core.inbound import File
from dueline.core.priorities import Priority
from dueline.models import (
    Account,
    Agent,
    Case,
    Contact,
    Contract,
    Desk,
    Organization,
    Rota,
    RotaLayer,
    RotaMember,
)

PASSWORD = "a long walk by the sea"
# Office hours 08–17 in Stockholm, Monday to Friday, closed on Midsummer Eve 2026.
OFFICE = """
name = "Office hours"
zone = "Europe/Stockholm"
[week]
monday = ["08:00-17:00"]
tuesday = ["08:00-17:00"]
wednesday = ["08:00-17:00"]
thursday = ["08:00-17:00"]
friday = ["08:00-17:00"]
[dates]
2026-06-19 = { name = "Midsummer Eve" }
2026-12-24 = { name = "Christmas Eve" }
2026-12-25 = { name = "Christmas Day" }
"""
# A Monday in winter, 10:00 in Stockholm: the time at which most tests begin.
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def utc(text: str) -> datetime:
    """Read an instant: "2026-11-20T02:10" or with a Z."""
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


@dataclass
class World:
    desk: Desk
    northwind: Organization
    southgate: Organization
    asta: Person
    bo: Person
    tove: Person
    ada: Person
    cleo: Person
    dag: Person
    eve: Person
    opened: list[Case] = field(default_factory=list)

    def contact(self, person: Person) -> Contact:
        return Contact.objects.get(pk=person.id)

    def case(
        self,
        by: Person | None = None,
        *,
        priority: str = "normal",
        subject: str = "Payment page down",
        text: str = "Since 08:50 every payment fails.",
        at: datetime = MONDAY,
        channel: str = "mail",
        reason: str = "Every hour costs.",
        files: tuple[File, ...] = (),
        call_back_phone: str = "",
        acknowledge: bool = True,
    ) -> Case:
        """Open a case by mail; by Cleo unless somebody else is named."""
        contact = self.contact(by or self.cleo)
        case = cases.open_case(
            contact=contact,
            subject=subject,
            text=text,
            priority=Priority(priority),
            channel=channel,
            happened_at=at,
            at=at,
            actor=contact.as_person(),
            escalation_reason=reason if priority == "high" else "",
            files=files,
            call_back_phone=call_back_phone,
            acknowledge=acknowledge,
        )
        self.opened.append(case)
        return case

    def rota(
        self,
        *people: Person,
        name: str = "First line",
        turn: str = "weeks",
        starts_on: date = date(2026, 1, 5),
        handover_at: time = time(9),
        hours: str = "always",
    ) -> Rota:
        """Make a rota of one layer in which people take turns; always Bo unless others are named.

        It begins on a Monday, and changes hands at 09:00 in Stockholm.
        """
        made_at = datetime(2026, 1, 1, tzinfo=UTC)
        rota = Rota.objects.create(
            name=name, zone="Europe/Stockholm", feed_secret=name * 4, created_at=made_at
        )
        layer = RotaLayer.objects.create(
            rota=rota,
            position=1,
            turn=turn,
            starts_on=starts_on,
            handover_at=handover_at,
            hours=hours,
        )
        for position, person in enumerate(people or (self.bo,), start=1):
            RotaMember.objects.create(layer=layer, position=position, agent_id=person.id)
        return rota


def build_world() -> World:
    """Put the cast into an empty database."""
    _number_cases_from_one()
    began_at = datetime(2026, 1, 1, tzinfo=UTC)
    calendar = publish_calendar(source=OFFICE, at=began_at).calendar
    policy = publish_policy(source=SHIPPED_POLICY, at=began_at).policy
    desk = Desk.objects.create(
        id=1,
        name="Harbour Support",
        zone="Europe/Stockholm",
        calendar=calendar,
        policy=policy,
        mail_address="support@desk.example",
        phone_office="+46 13 000 00 00",
        phone_other="+46 13 000 00 01",
        public_url="http://desk.example",
        undo_seconds=0,  # what is sent has been sent; who tests the pause sets one
        set_up_at=began_at,
    )
    companies = {
        name: Organization.objects.create(name=name, created_at=began_at)
        for name in ("Northwind", "Southgate")
    }
    for company, plan in zip(companies.values(), ("extended", "standard"), strict=True):
        Contract.objects.create(
            organization=company, plan=plan, starts_on=date(2026, 1, 1), created_at=began_at
        )

    def account(email: str) -> Account:
        return Account.objects.create(email=email, password=_hashed(), created_at=began_at)

    def agent(name: str, *, tier: int = 1, is_administrator: bool = False) -> Person:
        first = name.split()[0].lower()
        return Agent.objects.create(
            account=account(f"{first}@desk.example"),
            name=name,
            tier=tier,
            is_administrator=is_administrator,
            created_at=began_at,
        ).as_person()

    def contact(name: str, company: str, *, phone: str, is_super_user: bool) -> Person:
        email = f"{name.split()[0].lower()}@{company.lower()}.example"
        added = Contact.objects.create(
            organization=companies[company],
            account=account(email),
            name=name,
            email=email,
            phone=phone,
            is_super_user=is_super_user,
            sees_company=is_super_user,
            created_at=began_at,
        )
        keep_number(added)
        return added.as_person()

    return World(
        desk=desk,
        northwind=companies["Northwind"],
        southgate=companies["Southgate"],
        asta=agent("Asta Lind"),
        bo=agent("Bo Ström"),
        tove=agent("Tove Berg", tier=2),
        ada=agent("Ada Sund", is_administrator=True),
        cleo=contact("Cleo Dahl", "Northwind", phone="+46701234567", is_super_user=True),
        dag=contact("Dag Ek", "Northwind", phone="+46709876543", is_super_user=False),
        eve=contact("Eve Moss", "Southgate", phone="+46851234500", is_super_user=True),
    )


def _number_cases_from_one() -> None:
    # PostgreSQL does not take a number back with the transaction that drew it: without this, the
    # first case of a test would be 10001-4 on SQLite alone.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER SEQUENCE dueline_case_id_seq RESTART WITH 1")


@pytest.fixture
def world(db: None) -> World:
    return build_world()
