"""A mail server with mailboxes in it, for the tests that fetch."""

from itertools import count

import pytest

from dueline.models import Mailbox
from tests.intake.mailboxes import a_mailbox
from tests.intake.proxy import Proxy
from tests.mail_servers import Dovecot, dovecot

_numbers = count()


@pytest.fixture(scope="module")
def server():
    with dovecot(*(f"box{number}" for number in range(200))) as running:
        yield running


@pytest.fixture
def user() -> str:
    """Somebody whose mailbox is empty."""
    return f"box{next(_numbers)}"


@pytest.fixture
def box(server: Dovecot, user: str, desk) -> Mailbox:
    return a_mailbox(server.imap, user)


@pytest.fixture
def proxy(server: Dovecot, box: Mailbox):
    """A line to the mailbox that does as the test says."""
    proxy = Proxy(server.imap)
    Mailbox.objects.update(imap_port=proxy.port)
    box.refresh_from_db()
    yield proxy
    proxy.close()
