"""`dueline case`: look at cases from a terminal."""

import json
from argparse import Namespace
from typing import Any

from dueline.cli.arguments import Commands, command, noun


def register(commands: Commands) -> None:
    case = noun(commands, "case", help="look at cases")
    list_ = command(case, "list", run=_list, help="list the open cases, the next due first")
    list_.add_argument("--all", action="store_true", help="also resolved and closed ones")
    list_.add_argument("--json", action="store_true", help="one JSON object a line")
    show = command(case, "show", run=_show, help="show one case with its history")
    show.add_argument("number", help="a Case Number, like 10042-5")
    show.add_argument("--json", action="store_true", help="as one JSON object")


def _list(arguments: Namespace) -> None:
    from dueline.core.case_numbers import case_number
    from dueline.models import IS_OPEN, Case

    cases = Case.objects.order_by("queue_at", "id")
    if not arguments.all:
        cases = cases.filter(IS_OPEN)
    rows = cases.values(
        "id", "priority", "state", "subject", "organization__name", "nearest__kind", "next_due_at"
    )
    for row in rows.iterator():
        facts = {
            "number": case_number(row["id"]),
            "priority": row["priority"],
            "state": row["state"],
            "subject": row["subject"],
            "organization": row["organization__name"],
            "commitment": row["nearest__kind"],
            "next_due_at": row["next_due_at"] and row["next_due_at"].isoformat(),
        }
        if arguments.json:
            print(json.dumps(facts, ensure_ascii=False))
        else:
            due = facts["next_due_at"] or "-"
            print(
                f"{facts['number']:9} {row['priority']:8} {row['state']:9} {due:25} "
                f"{row['organization__name'] or '-':20.20} {row['subject'][:60]}"
            )


def _show(arguments: Namespace) -> None:
    from dueline.core.case_numbers import parse_case_number
    from dueline.models import Case
    from dueline.queries.cases import not_found

    case = (
        Case.objects.select_related("organization", "contact", "owner")
        .filter(pk=parse_case_number(arguments.number))
        .first()
    )
    if case is None:
        raise not_found()
    facts = _facts(case)
    if arguments.json:
        print(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    print(f"{facts['number']}  {facts['subject']}")
    print(f"{facts['priority']}, {facts['state']}; {facts['contact']}, {facts['organization']}")
    print("\nCommitments")
    for one in facts["commitments"]:
        met = f", met {one['met_at']}" if one["met_at"] else ""
        print(f"  {one['kind']:11} {one['state']:9} due {one['due_at'] or '-'}{met}")
    print("\nEvents")
    for event in facts["events"]:
        print(f"  {event['happened_at']}  {event['kind']:22} {event['by']}")


def _facts(case: Any) -> dict[str, Any]:
    def spelled(at: Any) -> str | None:
        return at.isoformat() if at else None

    return {
        "number": case.number,
        "subject": case.subject,
        "priority": case.priority,
        "state": case.state,
        "organization": case.organization.name if case.organization else None,
        "contact": case.contact.name,
        "owner": case.owner.name if case.owner else None,
        "opened_at": spelled(case.opened_at),
        "commitments": [
            {
                "kind": row.kind,
                "ordinal": row.ordinal,
                "state": row.state,
                "target": row.target,
                "started_at": spelled(row.started_at),
                "due_at": spelled(row.due_at),
                "met_at": spelled(row.met_at),
            }
            for row in case.commitments.order_by("kind", "ordinal")
        ],
        "events": [
            {
                "kind": event.kind,
                "happened_at": spelled(event.happened_at),
                "recorded_at": spelled(event.recorded_at),
                "by": str(event.agent or event.contact or "the desk"),
                "facts": event.facts,
            }
            for event in case.events.select_related("agent", "contact").order_by("id")
        ],
    }
