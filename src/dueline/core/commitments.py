"""Commitments: what is owed, since when, until when, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dueline.core.calendars import Calendar
from dueline.core.policy import CommitmentKind, Policy


class State(StrEnum):
    WAITING = "waiting"  # its start has not happened yet
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"  # for ever; `met_at` says when it was met late, if it was
    WITHDRAWN = "withdrawn"  # no longer owed; `reason` says why


@dataclass(frozen=True, slots=True)
class Book:
    """The immutable versions that cases were promised under, by their row ids."""

    policies: Mapping[int, Policy]
    calendars: Mapping[int, Calendar]


__all__ = ["Book", "CommitmentKind", "State", "datetime"]
