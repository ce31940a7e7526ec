"""`dueline commitments`: why each promise is due then, and whether the stored copy is true."""

import json
from argparse import Namespace
from typing import Any

from dueline.cli.arguments import Commands, command, noun


def register(commands: Commands) -> None:
    commitments = noun(commands, "commitments", help="explain and check promises")
    explain = command(commitments, "explain", run=_explain, help="say why each promise is due then")
    explain.add_argument("number", help="a Case Number, like 10042-5")
    explain.add_argument("--json", action="store_true", help="one JSON object a line")
    command(
        commitments,
        "check",
        run=_check,
        help="compute every case's commitments anew and name what the database says differently",
    )


def _explain(arguments: Namespace) -> None:
    from dueline.core.case_numbers import parse_case_number
    from dueline.core.instants import now
    from dueline.models import Case
    from dueline.queries.cases import not_found
    from dueline.queries.desk import get_standing
    from dueline.queries.explanations import explanations_of
    from dueline.queries.policies import policy_numbers

    case = (
        Case.objects.select_related("policy_version", "calendar_version")
        .filter(pk=parse_case_number(arguments.number))
        .first()
    )
    if case is None:
        raise not_found()
    zone = get_standing().zone
    for commitment, explanation in explanations_of(case, until=now()):
        number = policy_numbers([explanation.policy_id]) if explanation else {}
        facts = _facts(commitment, explanation, zone=zone, policy=sum(number.values()))
        if arguments.json:
            print(json.dumps(facts, ensure_ascii=False))
        else:
            _print(facts)


def _check(arguments: Namespace) -> int:
    from dueline.core.case_numbers import case_number
    from dueline.models import Case
    from dueline.queries.commitments import differences

    cases = wrong = 0
    for case_id in Case.objects.order_by("id").values_list("id", flat=True).iterator():
        cases += 1
        found = differences(case_id)
        wrong += bool(found)
        for difference in found:
            print(f"{case_number(case_id)}  {difference}")
    print(f"{cases} cases checked, {wrong} with differences")
    return 1 if wrong else 0


def _facts(commitment: Any, explanation: Any, *, zone: str, policy: int) -> dict[str, Any]:
    from dueline.wording.explain import sentences

    facts = {
        "kind": commitment.kind.value,
        "ordinal": commitment.ordinal,
        "state": commitment.state.value,
        "target": commitment.cell.target.spelled,
        "started_at": _spelled(commitment.started_at),
        "due_at": _spelled(commitment.due_at),
        "met_at": _spelled(commitment.met_at),
        "withdrawn_at": _spelled(commitment.withdrawn_at),
        "reason": commitment.reason,
    }
    if explanation is None:
        return facts
    return facts | {
        "counted_seconds": int(explanation.counted.total_seconds()),
        "counted_days": explanation.days,
        "adds_up": explanation.adds_up,
        "segments": [
            {
                "from": _spelled(segment.from_at),
                "to": _spelled(segment.to_at),
                "why": segment.why,
                "name": segment.name,
                "counted_seconds": int(segment.counted.total_seconds()),
                "counted_days": segment.days,
            }
            for segment in explanation.segments
        ],
        "sentences": sentences(explanation, zone=zone, policy_number=policy),
    }


def _print(facts: dict[str, Any]) -> None:
    print(f"{facts['kind']} {facts['ordinal']}: {facts['state']}, due {facts['due_at'] or '-'}")
    for sentence in facts.get("sentences", ()):
        print(f"  {sentence}")


def _spelled(at: Any) -> str | None:
    return at.isoformat() if at else None
