"""Pages: what each may say, what became of its attempts, and whom no page would reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from dueline.core import matching
from dueline.core.case_numbers import case_number
from dueline.models import Agent, Desk, Page, PageDestination
from dueline.wording.pages import PageFacts

LINK_LIVES = timedelta(hours=24)
# What `page_facts` needs of a page, for `select_related`.
WITH_PAGING = ("paging__case__nearest", "paging__acknowledged_by", "agent__account")

# --- what a page says --------------------------------------------------------------------------


def page_facts(page: Page, *, at: datetime) -> PageFacts:
    """Return what a page may say, for the one who is paged.

    page: read with `WITH_PAGING`. Nothing of the case's texts is even read here.
    """
    paging, case, desk = page.paging, page.paging.case, _desk()
    nearest = case.nearest if case else None
    return PageFacts(
        why=paging.why,
        number=case_number(case.pk) if case else "",
        priority=case.priority if case else "",
        said=paging.said if case is None else "",
        kind=nearest.kind if nearest else "",
        due_at=nearest.due_at if nearest else None,
        now=at,
        zone=desk.zone,
        url=f"{desk.public_url}/page/{page.token}",
        code=page.code,
    )


def _desk() -> Desk:
    return Desk.objects.only("zone", "public_url").get(pk=1)


# --- answers -----------------------------------------------------------------------------------


def page_answered(addresses: Sequence[str], *, secret: str) -> tuple[int | None, int | None]:
    """Return the page that a mail to these addresses answers, and its case."""
    claimed = matching.read_page_address(addresses)
    if claimed is None:
        return None, None
    page_id, address = claimed
    row = Page.objects.filter(pk=page_id).values_list("token", "paging__case_id").first()
    if row is None or not matching.is_page_address(secret, address, page_id=page_id, token=row[0]):
        return None, None
    return page_id, row[1]


# --- destinations ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Destination:
    """One way to reach an agent, as pages show it: without its secrets."""

    id: int
    kind: str
    label: str
    hint: str  # "ntfy · …k7Qp"
    is_active: bool
    confirmed_at: datetime | None
    last_success_at: datetime | None
    failing_since: datetime | None
    last_error: str


def destinations_of(agent_id: int) -> list[Destination]:
    """Return the ways to reach somebody, in the order in which they are tried."""
    return [
        Destination(
            id=row.pk,
            kind=row.kind,
            label=row.label,
            hint=hint_of(row.kind, row.address),
            is_active=row.is_active,
            confirmed_at=row.confirmed_at,
            last_success_at=row.last_success_at,
            failing_since=row.failing_since,
            last_error=row.last_error,
        )
        for row in PageDestination.objects.filter(agent_id=agent_id).order_by("position", "id")
    ]


def hint_of(kind: str, address: str) -> str:
    """Return what may be shown of an address: the service, or a mail address whole."""
    if kind == PageDestination.Kind.MAIL:
        return address
    return address.partition("://")[0].removesuffix("s") if "://" in address else ""


def unreachable_agents() -> list[Agent]:
    """Return whom a rota may page, and who has no destination of which they said that it works."""
    on_rotas = Q(rota_places__layer__rota__is_active=True)
    return list(
        Agent.objects.filter(on_rotas, account__is_active=True)
        .exclude(
            pk__in=PageDestination.objects.filter(
                is_active=True, confirmed_at__isnull=False
            ).values("agent")
        )
        .distinct()
        .order_by("name")
    )


def failing_agents() -> list[Agent]:
    """Return whom no page reaches for now: each of their destinations has failed lately."""
    active = PageDestination.objects.filter(is_active=True)
    return list(
        Agent.objects.filter(account__is_active=True, pk__in=active.values("agent"))
        .exclude(pk__in=active.filter(failing_since__isnull=True).values("agent"))
        .order_by("name")
    )


# --- the page of a link ------------------------------------------------------------------------


def page_of_token(token: str, *, at: datetime) -> Page | None:
    """Return the page of a link, as long as it lives. None: it has ended, or never was."""
    pages = Page.objects.filter(created_at__gt=at - LINK_LIVES, agent__account__is_active=True)
    return pages.select_related(*WITH_PAGING).filter(token=token).first()
