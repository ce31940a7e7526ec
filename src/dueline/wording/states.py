"""States, priorities and channels as people say them."""

from django.utils.translation import gettext_noop

from dueline.core.lifecycle import CaseState, Stage
from dueline.core.priorities import Priority
from dueline.wording.explain import PRIORITY_NAMES
from dueline.wording.language import say as _

STATES = {
    CaseState.NEW: gettext_noop("New"),
    CaseState.RESPONDED: gettext_noop("Responded"),
    CaseState.ACTIVE: gettext_noop("Active"),
    CaseState.WAITING: gettext_noop("Waits for the customer"),
    CaseState.THIRD_PARTY: gettext_noop("Waits for a third party"),
    CaseState.RESOLVED: gettext_noop("Resolved"),
    CaseState.CLOSED: gettext_noop("Closed"),
    CaseState.MERGED: gettext_noop("Merged"),
}
STAGES = {
    Stage.ASSESS: gettext_noop("Assessing"),
    Stage.ISOLATE: gettext_noop("Isolating"),
    Stage.RESOLVE: gettext_noop("Resolving"),
}
_CHANNELS = {
    "mail": gettext_noop("by mail"),
    "web": gettext_noop("on the web"),
    "phone": gettext_noop("by telephone"),
    "console": gettext_noop("by mail"),
    "voicemail": gettext_noop("by voicemail"),
}


def say_state(state: str) -> str:
    return _(STATES[CaseState(state)])


def say_stage(stage: str) -> str:
    return _(STAGES[Stage(stage)]) if stage else ""


def say_priority(priority: str) -> str:
    return _(PRIORITY_NAMES[Priority(priority)])


def say_channel(channel: str) -> str:
    """Say through which door something came: "by mail". Empty for one without a name."""
    return _(_CHANNELS[channel]) if channel in _CHANNELS else ""
