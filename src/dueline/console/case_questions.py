"""What the page of a case says of its questions to Tier Two, and of an owner who is away."""

from zoneinfo import ZoneInfo

from dueline.console.access import Visit
from dueline.core.quiet import is_away_on
from dueline.queries.case_pages import CaseFacts
from dueline.queries.timeline import History, QuestionRow
from dueline.wording.questions import say_standing
from dueline.wording.quiet import say_away


def open_questions(history: History, request: Visit) -> list[tuple[QuestionRow, str]]:
    """Return the questions that wait for an answer, and where each of them stands."""
    return [
        (
            question,
            say_standing(
                asked_by=question.asked_by,
                taken_by=question.taken_by or "",
                taken_at=question.taken_at,
                asked_back_at=question.asked_back_at,
                answered_by="",
                answered_at=None,
                taken_back_at=None,
                now=request.now,
                zone=request.zone,
            ),
        )
        for question in history.questions.values()
        if question.is_open
    ]


def owner_away(case: CaseFacts, request: Visit) -> str:
    """Say that the owner of an open case is away, and who stands in; "" if they are not."""
    if case.owner_id is None or not case.is_open:
        return ""
    today = request.now.astimezone(ZoneInfo(request.standing.zone)).date()
    since, until = case.owner_away_from, case.owner_away_until
    if not is_away_on(today, since=since, until=until):
        return ""
    return say_away(case.owner or "", until=until, deputy=case.owners_deputy or "")
