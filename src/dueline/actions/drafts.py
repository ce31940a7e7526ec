"""What agents are writing to customers: kept while it is written, so that nothing typed is lost.

One draft for each case and agent. Colleagues read it, and may go on with it when its writer has
turned to something else. Sending it stands in `actions.sending`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from dueline.actions.cases import agents_only
from dueline.core.audience import Person
from dueline.core.errors import Refusal
from dueline.core.inbound import File
from dueline.models import Draft, DraftFile, store
from dueline.queries.cases import not_found, visible_to

# Younger ones are still being written: nobody takes the pen out of another one's hand.
HANDED_OVER_AFTER = timedelta(minutes=3)
MOST_FILES = 20
MOST_BYTES = 25_000_000  # of all files together: what mail servers commonly carry
MOST_COPIES = 20
_LONGEST = 100_000


def keep(
    case_id: int,
    *,
    text: str,
    actor: Person,
    at: datetime,
    act: str = Draft.Act.REPLY,
    cc: Sequence[str] = (),
    files: Sequence[File] = (),
    minutes: int | None = None,
    version: int | None = None,
) -> Draft | None:
    """Keep what somebody has written so far. None: there is nothing to keep.

    cc: addresses, as `read_addresses` returns them. files: to be added to those already there.
    minutes: of work, with a solution. version: of the case as the writer saw it.
    Raises Refusal("waiting") while the last letter of the same writer waits to be sent.
    """
    agents_only(actor)
    if not visible_to(actor).filter(pk=case_id).exists():
        raise not_found()
    if len(text) > _LONGEST:
        raise Refusal("too-long", "This is too long for a letter: send the rest as a file.")
    if len(cc) > MOST_COPIES:
        raise Refusal("too-many", "At most %(n)s people get a copy.", n=MOST_COPIES)
    written: dict[str, Any] = {
        "text": text,
        "act": Draft.Act(act),
        "cc": list(cc),
        "minutes": minutes,
        "case_version": version or 0,
        "changed_at": at,
        "stopped_because": "",
    }
    stored = [(file, store.save(file.content)) for file in files]  # before any row is locked
    with transaction.atomic():
        draft = _write(case_id, actor, written, at=at)
        _add_files(draft, stored)
        if not (text.strip() or cc or draft.files.exists()):
            draft.delete()
            return None
    return draft


def _write(case_id: int, actor: Person, written: dict[str, Any], *, at: datetime) -> Draft:
    own = Draft.objects.filter(case_id=case_id, agent_id=actor.id)
    if not own.filter(sends_at=None).update(**written):
        try:
            with transaction.atomic():
                return Draft.objects.create(
                    case_id=case_id, agent_id=actor.id, created_at=at, **written
                )
        except IntegrityError as error:
            raise Refusal(
                "waiting", "Your last letter still waits to be sent. Take it back to change it."
            ) from error
    return own.get()


def _add_files(draft: Draft, stored: Sequence[tuple[File, str]]) -> None:
    DraftFile.objects.bulk_create(
        DraftFile(
            draft=draft,
            name=file.name[:200],
            media_type=file.media_type[:100],
            size=len(file.content),
            sha256=sha256,
        )
        for file, sha256 in stored
    )
    bytes_kept = draft.files.aggregate(sum=Sum("size"))["sum"] or 0
    if stored and (draft.files.count() > MOST_FILES or bytes_kept > MOST_BYTES):
        raise Refusal("too-large", "At most 20 files with 25 MB together can be sent.")


def remove_file(case_id: int, file_id: int, *, actor: Person, at: datetime) -> None:
    """Take a file off one's own draft. Its bytes are swept a day later."""
    agents_only(actor)
    own = DraftFile.objects.filter(draft__case_id=case_id, draft__agent_id=actor.id)
    if not own.filter(pk=file_id, draft__sends_at=None).delete()[0]:
        raise Refusal("not-found", "There is no such file.")
    Draft.objects.filter(case_id=case_id, agent_id=actor.id).update(changed_at=at)


def discard(case_id: int, *, actor: Person) -> None:
    """Throw one's own draft away. What waits to be sent has to be taken back first."""
    agents_only(actor)
    own = Draft.objects.filter(case_id=case_id, agent_id=actor.id, sends_at=None)
    if not own.delete()[0]:
        raise Refusal("not-now", "There is no draft of yours.")


def take_over(case_id: int, draft_id: int, *, actor: Person, at: datetime) -> None:
    """Go on with what a colleague has begun. If it waited to be sent, it waits no more.

    Their own draft is not taken away under their hands: only an older one can be had.
    """
    agents_only(actor)
    if not visible_to(actor).filter(pk=case_id).exists():
        raise not_found()
    others = Draft.objects.filter(pk=draft_id, case_id=case_id).exclude(agent_id=actor.id)
    left_alone = others.filter(changed_at__lte=at - HANDED_OVER_AFTER)
    try:
        with transaction.atomic():
            taken = left_alone.update(
                agent_id=actor.id,
                sends_at=None,
                stopped_because="",
                claim=F("claim") + 1,
                changed_at=at,
            )
    except IntegrityError as error:
        raise Refusal(
            "not-now", "You are writing in this case yourself: send or discard that first."
        ) from error
    if not taken:
        raise Refusal("not-now", "It is still being written, or it was sent.")
