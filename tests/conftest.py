"""What every test stands on: no way out, a data folder of its own, and a browser that tells on
the page."""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import translation
from hypothesis import HealthCheck, settings

from tests.postgres import own_database

pytest_plugins = ["tests.world", "tests.receivers"]

# `ci` finds the same examples every time: a red build can be repeated. `deep` is for a quiet
# hour: pytest --hypothesis-profile=deep
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
# `quick` is for every few minutes of work: `bin/test --quick`.
settings.register_profile(
    "quick",
    derandomize=True,
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("deep", deadline=None, max_examples=3000)
settings.load_profile("ci")

# What a subprocess gets from the environment of the tests; the rest could change what it does.
INHERITED = {"PATH", "HOME", "LANG", "TMPDIR"}
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "desk_environment"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--touching-database",
        action="store_true",
        help="only the tests that use the database: the rest cannot differ on another one",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--touching-database"):
        return
    chosen = [item for item in items if _touches_database(item)]
    left_out = [item for item in items if not _touches_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = chosen


def _touches_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or bool(
        DATABASE_FIXTURES.intersection(fixtures)
    )


# ---- no way out ----


class OutsideCalled(AssertionError):
    """A test tried to reach a machine other than this one."""


_connect, _connect_ex, _sendto = (
    socket.socket.connect,
    socket.socket.connect_ex,
    socket.socket.sendto,
)


def _stay_inside(family: int, address: object) -> None:
    if family in (socket.AF_INET, socket.AF_INET6):
        host = str(address[0])  # type: ignore[index]
        if host not in ("localhost", "::1", "") and not host.startswith("127."):
            raise OutsideCalled(f"a test must not reach {address!r}")


@pytest.fixture(autouse=True, scope="session")
def _no_way_out() -> Iterator[None]:
    """Shut the sockets to anywhere but this machine."""

    def connect(self, address):
        _stay_inside(self.family, address)
        return _connect(self, address)

    def connect_ex(self, address):
        _stay_inside(self.family, address)
        return _connect_ex(self, address)

    def sendto(self, data, *rest):
        _stay_inside(self.family, rest[-1])
        return _sendto(self, data, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket.socket, "connect_ex", connect_ex)
        patch.setattr(socket.socket, "sendto", sendto)
        yield


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Begin in English: a request leaves its language behind, and the next test would speak it."""
    with translation.override("en"):
        yield


# ---- a desk for other processes ----


@pytest.fixture
def desk_environment(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Return the environment of a subprocess that has a data folder and a database of its own."""
    environment = {name: value for name, value in os.environ.items() if name in INHERITED}
    environment["PYTHONPATH"] = str(Path(__file__).parent.parent / "src")
    environment["DUELINE_DATA"] = str(tmp_path / "data")
    environment["DUELINE_DNS"] = "off"
    server = os.environ.get("DATABASE_URL")
    if not server:
        yield environment
        return
    with own_database(server) as url:
        yield {**environment, "DATABASE_URL": url}


# ---- a browser ----

# Without windows it is the same browser, and leaves a fifth more of the machine to the tests.
_DEBIANS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(os.path.exists, _DEBIANS), _DEBIANS[0])
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name but this machine's own leads anywhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


@dataclass
class Complaints:
    """What a page did that no page of ours may do."""

    seen: list[str] = field(default_factory=list)
    # Answers that a test provokes on purpose, such as a 404: it adds the status here.
    expected_statuses: set[int] = field(default_factory=set)

    def watch(self, page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("response", self._response)

    def _console(self, message) -> None:
        # The browser repeats every failed answer in the console; `_response` judges those.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.seen.append(f"console: {message.text}")

    def _request(self, request) -> None:
        host = urlsplit(request.url).hostname
        if host not in (None, "localhost", "127.0.0.1"):
            self.seen.append(f"foreign request: {request.url}")

    def _failed(self, request) -> None:
        # Leaving a page cuts off what it was still loading, and that is no fault of the page.
        if request.failure != "net::ERR_ABORTED":
            self.seen.append(f"failed request: {request.url}: {request.failure}")

    def _response(self, response) -> None:
        if response.status >= 400 and response.status not in self.expected_statuses:
            self.seen.append(f"{response.status}: {response.url}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    if not Path(CHROMIUM).exists():
        pytest.fail(
            f"Browser tests need Chromium at {CHROMIUM}: sudo apt-get install "
            "chromium-headless-shell, "
            "or set CHROMIUM to where it stands."
        )
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield program
        program.close()


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Collect what pages do wrong, and fail the test that saw any of it."""
    complaints = Complaints()
    yield complaints
    assert complaints.seen == []


@pytest.fixture
def browser(chromium, complaints):
    """A function that opens a new person's window: `browser(**context options) -> page`."""
    contexts = []

    def open_window(**options):
        context = chromium.new_context(**{"locale": "en-GB", "timezone_id": "UTC", **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        complaints.watch(page)
        return page

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def page(browser):
    """One window of a desk-sized screen."""
    return browser(viewport={"width": 1440, "height": 900})
