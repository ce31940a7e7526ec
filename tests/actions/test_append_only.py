"""What the clocks are computed from is never changed afterwards: the database refuses it."""

import pytest
from django.db import DatabaseError, transaction

from dueline.models import CalendarVersion, Event, PolicyVersion
from tests.world import MONDAY, World


@pytest.mark.parametrize(
    ("model", "instant"),
    [(Event, "happened_at"), (PolicyVersion, "published_at"), (CalendarVersion, "published_at")],
)
def test_what_has_happened_and_what_was_promised_cannot_be_changed(world: World, model, instant):
    world.case()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.update(**{instant: MONDAY})
