"""A mail service calls the real web server, and what it brought becomes a case."""

import urllib.error
import urllib.request

import pytest

from dueline.core.instants import now
from tests.intake import services as calls
from tests.intake.desk import ask, set_up
from tests.processes import eventually, served

pytestmark = pytest.mark.processes


def post(address: str, call: tuple[bytes, str]) -> int:
    body, media_type = call
    request = urllib.request.Request(address, body, {"Content-Type": media_type})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.long
def test_a_service_is_answered_200_when_its_mail_is_kept_and_the_mail_becomes_a_case(
    desk_environment, tmp_path
):
    set_up(desk_environment)
    ask(
        desk_environment,
        "MailWebhook.objects.create(provider='mailgun', secret='the-secret', created_at=now(),"
        f" signing_key={calls.KEY!r})\n",
    )
    with served(desk_environment, tmp_path / "output") as desk:
        door = f"http://127.0.0.1:{desk.port}/mail/webhooks/"
        large = calls.mailgun_whole(now(), raw=calls.RAW + b"one more line\r\n" * 500_000)
        assert post(f"{door}not-the-secret", calls.mailgun_whole(now())) == 404
        assert post(f"{door}the-secret", calls.mailgun_whole(now(), key="another")) == 403
        assert post(f"{door}the-secret", large) == 200
        assert post(f"{door}the-secret", calls.mailgun_whole(now())) == 200
        assert post(f"{door}the-secret", calls.mailgun_whole(now())) == 200

        tell_states = "tell(list(InboxItem.objects.values_list('state', flat=True)))\n"
        eventually(lambda: "received" not in ask(desk_environment, tell_states))
    told = ask(
        desk_environment,
        "tell([[Case.objects.count(), c.subject] for c in Case.objects.all()])\n",
    )
    raws = ask(desk_environment, "tell([len(bytes(r.bytes)) for r in RawItem.objects.all()])\n")
    assert len(calls.RAW) in raws
    assert len(raws) == 2
    assert {subject for _, subject in told} == {"Betalningarna"}
