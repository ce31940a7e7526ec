"""One cause behind many cases: linked, written to, solved."""

import pytest

from dueline.actions import cases, messages, problems
from dueline.core.errors import Refusal
from dueline.core.events import PUBLIC_KINDS, Kind
from dueline.models import IS_OPEN, Case, Event, OutboxItem, Problem
from tests.world import MONDAY, World

TITLE = "Payments fail behind a proxy"
WORDS = "We know why, and the mended version comes tonight."


@pytest.fixture
def problem(world: World) -> Problem:
    return problems.create(title=TITLE, text="See 4711.", actor=world.asta, at=MONDAY)


def linked(world: World, problem: Problem, *, by=None, **more) -> Case:
    case = world.case(by, **more)
    problems.link(case.pk, problem_id=problem.pk, actor=world.asta, at=MONDAY)
    return case


def seen(problem: Problem) -> set[int]:
    return set(Case.objects.filter(IS_OPEN, problem=problem).values_list("id", flat=True))


def announce(world: World, problem: Problem, **more) -> int:
    said = {"text": WORDS, "seen": seen(problem), "actor": world.asta, "at": MONDAY, **more}
    return problems.announce(problem.pk, **said)


def test_a_problem_without_a_name_is_refused(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        problems.create(title="  ", text="", actor=world.asta, at=MONDAY)
    assert refused.value.code == "title-missing"


def test_no_customer_touches_a_problem(world: World, problem: Problem) -> None:
    case = linked(world, problem)
    cleo = world.cleo
    for act in (
        lambda: problems.create(title="Mine", text="", actor=cleo, at=MONDAY),
        lambda: problems.link(case.pk, problem_id=problem.pk, actor=cleo, at=MONDAY),
        lambda: problems.unlink(case.pk, actor=cleo, at=MONDAY),
        lambda: announce(world, problem, actor=cleo),
        lambda: problems.solve(problem.pk, actor=cleo, at=MONDAY),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "not-found"


def test_a_case_has_one_cause_at_a_time(world: World, problem: Problem) -> None:
    case = linked(world, problem)
    with pytest.raises(Refusal):
        problems.link(case.pk, problem_id=problem.pk, actor=world.asta, at=MONDAY)
    other = problems.link_to_new(case.pk, title="It is the cache", actor=world.bo, at=MONDAY)
    assert Case.objects.get(pk=case.pk).problem == other
    kinds = case.events.filter(kind__startswith="problem").order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == [
        Kind.PROBLEM_LINKED,
        Kind.PROBLEM_UNLINKED,
        Kind.PROBLEM_LINKED,
    ]


def test_twenty_cases_get_twenty_mails_each_in_its_own_thread_and_alone(
    world: World, problem: Problem
) -> None:
    people = [world.cleo, world.dag, world.eve]
    opened = [
        linked(world, problem, by=people[n % 3], subject=f"It fails, {n}", acknowledge=False)
        for n in range(20)
    ]
    assert announce(world, problem) == 20
    mails = list(OutboxItem.objects.filter(purpose="reply").select_related("case__contact"))
    assert sorted(mail.case_id for mail in mails) == sorted(case.pk for case in opened)
    assert len({mail.reply_to for mail in mails}) == 20
    for mail in mails:
        assert mail.to_address == mail.case.contact.email
        assert mail.subject.startswith(f"[{mail.case.number}]")
        for other in {person.email for person in people} - {mail.to_address}:
            assert other not in mail.text + mail.references + mail.reply_to
        assert TITLE not in mail.subject + mail.text


def test_an_announcement_is_a_reply_and_meets_what_it_meets(world: World, problem: Problem) -> None:
    case = linked(world, problem)
    announce(world, problem)
    assert case.commitments.get(kind="response").state == "met"
    assert case.events.get(kind=Kind.REPLY_SENT).agent_id == world.asta.id


def test_only_open_cases_are_written_in(world: World, problem: Problem) -> None:
    solved = linked(world, problem)
    cases.resolve(solved.pk, text="Solved.", actor=world.asta, at=MONDAY)
    linked(world, problem)
    assert announce(world, problem) == 1


def test_who_saw_other_cases_than_there_are_by_now_sends_nothing(
    world: World, problem: Problem
) -> None:
    linked(world, problem)
    had_seen = seen(problem)
    linked(world, problem, by=world.eve)
    with pytest.raises(Refusal) as refused:
        announce(world, problem, seen=had_seen)
    assert refused.value.code == "stale"
    assert not Event.objects.filter(kind=Kind.REPLY_SENT).exists()


def test_all_are_sent_or_none(world: World, problem: Problem, monkeypatch) -> None:
    for _ in range(3):
        linked(world, problem)
    reply, said = messages.reply, []

    def reply_twice(case_id, **more):
        said.append(case_id)
        if len(said) == 3:
            raise Refusal("not-now", "Not this one.")
        return reply(case_id, **more)

    monkeypatch.setattr(problems.messages, "reply", reply_twice)
    with pytest.raises(Refusal):
        announce(world, problem)
    assert not OutboxItem.objects.filter(purpose="reply").exists()


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_is_announced_without_words(world: World, problem: Problem, text: str) -> None:
    linked(world, problem)
    with pytest.raises(Refusal) as refused:
        announce(world, problem, text=text)
    assert refused.value.code == "text-missing"


def test_a_problem_is_solved_alone_or_with_its_cases(world: World, problem: Problem) -> None:
    case = linked(world, problem)
    problems.solve(problem.pk, actor=world.asta, at=MONDAY)
    assert Case.objects.get(pk=case.pk).state == "new"
    problems.take_up_again(problem.pk, actor=world.asta, at=MONDAY)
    problems.solve_with_cases(
        problem.pk, text=WORDS, seen=seen(problem), actor=world.asta, at=MONDAY
    )
    assert Case.objects.get(pk=case.pk).state == "resolved"
    assert Problem.objects.get().solved_at == MONDAY


def test_a_solved_problem_takes_no_new_case(world: World, problem: Problem) -> None:
    problems.solve(problem.pk, actor=world.asta, at=MONDAY)
    with pytest.raises(Refusal) as refused:
        linked(world, problem)
    assert refused.value.code == "not-now"


def test_the_links_of_a_case_are_internal() -> None:
    assert not {Kind.PROBLEM_LINKED, Kind.PROBLEM_UNLINKED} & PUBLIC_KINDS
