"""The watch that every browser test relies on must itself be able to fail."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def told_on(page, complaints):
    """Show a piece of HTML, and return what the watch had to say about it."""

    def show(html: str) -> list[str]:
        page.set_content(html, wait_until="networkidle")
        seen, complaints.seen = complaints.seen, []
        return seen

    return show


def test_a_quiet_page_is_left_alone(told_on):
    assert told_on("<p>Quiet.</p><script>console.log('just saying')</script>") == []


def test_a_script_error_is_told(told_on):
    assert "script error" in told_on("<script>undefinedFunction()</script>")[0]


def test_a_console_error_is_told(told_on):
    assert told_on("<script>console.error('so wrong')</script>") == ["console: so wrong"]


def test_a_foreign_request_is_told_and_reaches_nobody(told_on):
    seen = told_on('<img src="http://elsewhere.example/pixel.png">')
    assert seen[0] == "foreign request: http://elsewhere.example/pixel.png"
    assert "ERR_NAME_NOT_RESOLVED" in seen[1]
