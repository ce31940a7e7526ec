"""Mail goes out hidden from listeners where the administrator said so, or it does not go out."""

import ssl
from collections.abc import Iterator
from dataclasses import replace

import pytest

from dueline.core.errors import GiveUp
from dueline.outlets.mail import Letter, Server, ServerDown, send
from tests.outlets.sink import CERTIFICATE, Sink
from tests.world import MONDAY

LETTER = Letter(
    from_name="Harbour Support",
    from_address="support@desk.example",
    to_name="Cleo Dahl",
    to_address="cleo@northwind.example",
    subject="Hello",
    text="A secret.",
    mail_id="<1@desk.example>",
    written_at=MONDAY,
)


@pytest.fixture
def sink(request: pytest.FixtureRequest) -> Iterator[Sink]:
    sink = Sink(security=getattr(request, "param", "none"))
    sink.start()
    yield sink
    sink.stop()


def deliver(sink: Sink, *, security: str, trusted: bool = True, **more: str) -> bool:
    context = ssl.create_default_context(cafile=str(CERTIFICATE)) if trusted else None
    server = Server("127.0.0.1", sink.port, security, trusted=context, **more)
    return send(LETTER, server, still_ours=lambda: True, begin=lambda: True)


@pytest.mark.parametrize(
    ("sink", "security"), [("tls", "tls"), ("starttls", "starttls")], indirect=["sink"]
)
def test_mail_goes_out_over_a_trusted_line(sink, security):
    assert deliver(sink, security=security)
    assert len(sink.taken) == 1


@pytest.mark.parametrize(
    ("sink", "security"), [("tls", "tls"), ("starttls", "starttls")], indirect=["sink"]
)
def test_f13_a_certificate_that_nobody_vouches_for_holds_all_mail_back(sink, security):
    with pytest.raises(ServerDown, match="certificate"):
        deliver(sink, security=security, trusted=False)
    assert sink.taken == []


def test_mail_is_never_sent_in_the_clear_because_the_server_offers_nothing_else(sink):
    with pytest.raises(ServerDown, match="STARTTLS"):
        deliver(sink, security="starttls", username="desk", password="right")
    assert sink.taken == sink.logins == []


@pytest.mark.parametrize("sink", ["starttls"], indirect=True)
def test_the_desk_signs_in_only_after_the_line_is_hidden(sink):
    with pytest.raises(ServerDown, match="535"):
        deliver(sink, security="starttls", username="desk", password="wrong")
    assert deliver(sink, security="starttls", username="desk", password="right")
    assert sink.logins[-1] == (b"desk", b"right")


def test_an_address_that_no_server_takes_is_given_up_before_the_dialogue(sink):
    with pytest.raises(GiveUp):
        send(
            replace(LETTER, to_address="å@northwind.example"),
            Server("127.0.0.1", sink.port, "none"),
            still_ours=lambda: True,
            begin=lambda: True,
        )
    assert sink.taken == []
