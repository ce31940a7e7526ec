from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from dueline.core.audience import Person
from dueline.models import Account
from tests.world import World, world  # noqa: F401

Enter = Callable[[Person], Client]


@pytest.fixture
def enter(world: World) -> Enter:  # noqa: F811
    """Sign somebody of the cast in: what comes back acts with their rights."""

    def enter(person: Person) -> Client:
        client = Client()
        holder = {"agent__id": person.id} if person.is_agent else {"contact__id": person.id}
        client.force_login(Account.objects.get(**holder))
        return client

    return enter


@pytest.fixture
def window(browser, live_server, enter):
    """Open somebody's window: `window(person, path, **options) -> page`."""

    def open_window(person: Person, path: str, **options):
        page = browser(**{"viewport": {"width": 1280, "height": 800}, **options})
        cookie = enter(person).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page.goto(live_server.url + path)
        return page

    return open_window


@pytest.fixture
def now():
    """The present: a page shows the desk as it is at this moment."""
    return timezone.now().replace(microsecond=0)
