"""`dueline policy`: the policy as a text that can live in git, tried and published from there."""

import sys
from argparse import Namespace
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from dueline.cli.arguments import Commands, command, noun
from dueline.core.errors import Refusal

if TYPE_CHECKING:
    from dueline.core.golden import Difference
    from dueline.core.policy import Policy


def register(commands: Commands) -> None:
    policy = noun(commands, "policy", help="the policy as code: show, check, compare, publish")
    command(policy, "show", run=_show, help="say which version holds, and which others there are")
    export = command(policy, "export", run=_export, help="print a version as TOML")
    which = export.add_mutually_exclusive_group()
    which.add_argument("--version", type=int, help="its number (default: the one that holds)")
    which.add_argument("--draft", action="store_true", help="the draft instead")
    check = command(
        policy,
        "check",
        run=_check,
        help="read a TOML file and try its golden cases; 1 if one fails",
    )
    diff = command(
        policy, "diff", run=_diff, help="say in plain words what a file changes on the last version"
    )
    draft = command(policy, "draft", run=_draft, help="make a file the draft of this desk")
    for parser in (check, diff, draft):
        parser.add_argument("file", metavar="FILE", help="a TOML file; - for what comes in")
    publish = command(policy, "publish", run=_publish, help="publish the draft of this desk")
    publish.add_argument(
        "--from", dest="holds_from", metavar="INSTANT", help="2026-12-01T08:00 (default: now)"
    )
    publish.add_argument(
        "--acknowledge",
        action="append",
        default=[],
        metavar="NAME",
        help="take on what this golden case gives from now on; once for each",
    )


def _show(_arguments: Namespace) -> None:
    from dueline.core.instants import now
    from dueline.queries.policy_drafts import draft
    from dueline.queries.policy_versions import versions
    from dueline.wording.times import say_exact

    zone = _zone()
    for one in versions(at=now()):
        state = "in force" if one.holds else "scheduled" if one.is_scheduled else "held before"
        print(f"version {one.number}  from {say_exact(one.holds_from, zone)}  {state}")
    if found := draft():
        print(f"draft, begun from version {found.begun_from}")


def _export(arguments: Namespace) -> None:
    from dueline.core.instants import now
    from dueline.queries.policies import current_policy
    from dueline.queries.policy_drafts import the_draft
    from dueline.queries.policy_versions import version

    _zone()
    if arguments.draft:
        print(the_draft().source, end="")
    elif arguments.version is not None:
        print(version(arguments.version, at=now())[0].source, end="")
    else:
        print(current_policy(at=now()).source, end="")


def _check(arguments: Namespace) -> int:
    """Touch no database: a check belongs into a pipeline that has no desk."""
    from dueline.core.golden import judge_all
    from dueline.core.policy import parse_policy

    policy = parse_policy(_read(arguments.file))
    failing = 0
    for verdict in judge_all(policy):
        failing += not verdict.holds
        print(f"{'holds' if verdict.holds else 'FAILS'}  {verdict.case.name}")
        if not verdict.has_plan:
            print(f"       There is no plan “{verdict.case.plan}”.")
        else:
            _print_differences(verdict.differences)
    print(f"{len(policy.golden)} golden cases, {failing} of them fail")
    return 1 if failing else 0


def _diff(arguments: Namespace) -> int:
    from dueline.core.golden import try_out
    from dueline.core.policy import parse_policy
    from dueline.queries.policy_versions import newest_version

    _zone()
    newest = newest_version()
    last, policy = parse_policy(newest.source), parse_policy(_read(arguments.file))
    print(f"Against version {newest.number}:")
    said = _say_changes(last, policy)
    for sentence in said:
        print(f"  {sentence}")
    tried = [one for one in try_out(policy, last, {}) if not one.is_quiet]
    for one in tried:
        print(f"  golden case {one.standing}: {one.name}")
        _print_differences(one.differences)
    if not said and not tried:
        print("  It promises the same.")
    return 0


def _draft(arguments: Namespace) -> None:
    from dueline.actions import policies
    from dueline.core.audience import DESK
    from dueline.core.golden import judge_all
    from dueline.core.instants import now
    from dueline.core.policy import parse_policy

    _zone()
    at, source = now(), _read(arguments.file)
    judge_all(parse_policy(source))  # before a draft is begun that nobody wanted
    found = policies.begin_draft(actor=DESK, at=at)
    policies.save_draft(source=source, version=found.version, actor=DESK, at=at)
    _print_review(at=at)


def _publish(arguments: Namespace) -> None:
    from dueline.actions import policies
    from dueline.core.audience import DESK
    from dueline.core.instants import now
    from dueline.queries.policy_drafts import review, the_draft
    from dueline.wording.times import say_exact

    at, zone = now(), _zone()
    holds_from = _instant(arguments.holds_from, zone) if arguments.holds_from else None
    for name in arguments.acknowledge:
        policies.acknowledge(name, version=the_draft().version, actor=DESK, at=at)
    found = review(at=at)
    published = policies.publish_draft(
        version=found.draft.version, over=found.over, holds_from=holds_from, actor=DESK, at=at
    )
    print(f"Version {published.number} holds from {say_exact(published.holds_from, zone)}.")


def _print_review(*, at: datetime) -> None:
    from dueline.queries.policy_drafts import review
    from dueline.wording.policy_changes import say_change, say_reach

    found = review(at=at)
    print(f"The draft, against version {found.over}:")
    for change, reach in found.changes:
        said = say_change(change, old=found.last, new=found.draft.policy)
        print(f"  {said}; {say_reach(reach.contracts, reach.cases)}")
    print("Nothing running moves.")
    for obstacle in found.obstacles:
        print(f"In the way: {obstacle.text}")
    for one in found.golden:
        if one.blocks:
            print(f"Golden case {one.standing}: {one.name}")
            _print_differences(one.differences)


def _say_changes(last: "Policy", policy: "Policy") -> list[str]:
    from dueline.core.policy_changes import changes
    from dueline.wording.policy_changes import say_change

    return [say_change(change, old=last, new=policy) for change in changes(last, policy)]


def _print_differences(differences: Iterable["Difference"]) -> None:
    from dueline.wording.policy_changes import say_difference

    for difference in differences:
        print(f"       {say_difference(difference)}")


def _read(name: str) -> str:
    try:
        if name == "-":
            return sys.stdin.read()
        with open(name, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("bad-file", "“%(name)s” cannot be read: %(why)s", name=name, why=error) from (
            error
        )


def _instant(text: str, zone: str) -> datetime:
    from datetime import UTC
    from zoneinfo import ZoneInfo

    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(
            "bad-instant", "“%(text)s” is not an instant like 2026-12-01T08:00.", text=text
        ) from error
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _zone() -> str:
    """Return the zone of the desk. Raises Refusal("not-set-up")."""
    from dueline.models import Desk

    zone = Desk.objects.values_list("zone", flat=True).first()
    if zone is None:
        raise Refusal("not-set-up", "This desk is not set up yet, so it has no policy.")
    return zone
