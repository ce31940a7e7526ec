"""People at real desks: what they click, told in the desk's own words."""

from dataclasses import dataclass
from typing import Any

from dueline.demo.seed import PASSWORD
from tests.axe import violations
from tests.processes import Tree


@dataclass
class Someone:
    """A person with a browser window at a desk that is really served."""

    page: Any
    desk: Tree

    def goes_to(self, path: str) -> None:
        self.page.goto(f"http://127.0.0.1:{self.desk.port}{path}")

    def signs_in(self, email: str) -> None:
        self.goes_to("/sign-in")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def leaves(self) -> None:
        """Close the window: a page that is still open asks a desk that has stopped."""
        self.page.close()

    def sees(self, text: str, *, within: float = 10) -> None:
        """Wait until a text is on the page, without reloading it."""
        self.page.get_by_text(text).first.wait_for(timeout=within * 1000)

    def sees_nothing_of(self, text: str) -> None:
        assert text not in self.page.content()

    def presses(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=False).first.click()

    def finds_the_page_accessible(self) -> None:
        """No serious finding of axe, in light and wide, and in dark and narrow."""
        before = self.page.viewport_size
        for scheme, width in (("light", 1440), ("dark", 360)):
            self.page.emulate_media(color_scheme=scheme)
            self.page.set_viewport_size({"width": width, "height": 900})
            findings = [
                (finding["id"], [node["target"] for node in finding["nodes"]])
                for finding in violations(self.page)
                if finding["impact"] in ("serious", "critical")
            ]
            assert not findings, (findings, self.page.url, scheme, width)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(before)
