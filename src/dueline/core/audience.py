"""Who asks and who acts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who looks at a page or acts on a case; `DESK` is the machine itself.

    kind comes from the session (or the door of a mail), never from a parameter.
    """

    kind: str  # "agent", "contact", "desk"
    id: int = 0  # of the Agent or Contact row; the desk has none
    name: str = ""
    email: str = ""
    zone: str = ""  # IANA; empty: the desk's
    organization_id: int | None = None  # contacts only
    is_super_user: bool = False  # contacts only
    sees_company: bool = False  # contacts only
    tier: int = 0  # agents only: 1 or 2
    is_administrator: bool = False  # agents only
    is_manager: bool = False  # agents only
    language: str = ""  # in which pages are read; empty: as the browser asks

    @property
    def is_agent(self) -> bool:
        return self.kind == "agent"

    @property
    def is_contact(self) -> bool:
        return self.kind == "contact"


DESK = Person(kind="desk", name="")
