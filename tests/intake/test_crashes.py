"""kill -9 at every step of a mail's way in: nothing lost, nothing twice, nothing half (F2, F3)."""

import smtplib

import pytest

from tests.intake.desk import ADDRESS, ask, listening, read_inbox, set_up
from tests.intake.test_doors import RAW, begin, send

pytestmark = pytest.mark.processes


def facts_of(environment, number: int) -> list[object]:
    """Return how often a mail is there, as what, and what came of it."""
    return ask(
        environment,
        f"raw = {RAW!r}.replace(b'<1@', b'<%d@' % {number})\n"
        "items = InboxItem.objects.select_related('raw')\n"
        "items = [item for item in items if bytes(item.raw.bytes) == raw]\n"
        "cases = [i.case_id for i in items]\n"
        "tell([[i.state for i in items], Case.objects.filter(pk__in=cases).count(),"
        " Message.objects.filter(case__in=cases).count(),"
        " Event.objects.filter(case__in=cases, kind='opened').count()])",
    )


def mail(number: int) -> bytes:
    return RAW.replace(b"<1@", b"<%d@" % number)


@pytest.mark.long
def test_f2_f3_a_kill_at_each_step_loses_and_doubles_nothing(desk_environment):
    set_up(desk_environment)
    for number, point in enumerate(["raw.before-commit", "raw.kept"], 1):
        with listening(desk_environment, crash_at=point) as listener:
            with pytest.raises((smtplib.SMTPException, OSError)):
                send(listener.smtp, mail(number))
            assert listener.process.wait(5) == -9
    with listening(desk_environment) as listener:
        for number in (1, 2, 3, 4, 5, 6):  # nobody had said 250 for the first two: sent again
            send(listener.smtp, mail(number))
        talk = begin(listener.smtp)
        listener.process.terminate()
        assert listener.process.wait(6) == 0, "an open connection must not delay the end"
        talk.close()
    for point in ("inbox.claimed", "inbox.read", "inbox.before-commit", "inbox.taken"):
        read_inbox(desk_environment, crash_at=point)  # each dies on another mail: leases last
    read_inbox(desk_environment, minutes=3)  # when the leases of the dead have ended
    for number in (1, 2, 3, 4, 5, 6):
        assert facts_of(desk_environment, number) == [["taken"], 1, 1, 1]
    assert ask(desk_environment, "tell(InboxItem.objects.count())") == 6


def test_nothing_is_taken_before_the_desk_is_set_up(desk_environment):
    with listening(desk_environment) as listener, smtplib.SMTP("127.0.0.1", listener.smtp) as smtp:
        smtp.ehlo()
        smtp.mail("dag@northwind.example")
        assert smtp.rcpt(ADDRESS)[0] == 451  # there is not even a database
