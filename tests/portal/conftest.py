"""The portal asks what time it is at its edge; here it is always half past ten in Stockholm."""

from datetime import datetime, timedelta

import pytest

from dueline.portal.views import cases, company, guide, help, set_up, sign_in
from tests.world import MONDAY

NOW = MONDAY + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def _half_past_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    for views in (cases, company, guide, help, set_up, sign_in):
        monkeypatch.setattr(views, "now", _now)


def _now() -> datetime:
    return NOW
