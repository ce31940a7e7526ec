"""Publishing moves nothing that runs and judges nothing anew that is closed.

The everyday part; `bin/still-standing` does the same with 10,000 cases.
"""

from datetime import timedelta

import pytest
from django.db import connection

from bench import publishing, seed
from dueline.demo import seed as seed_demo
from dueline.models import Case, Commitment
from tests.world import MONDAY


@pytest.mark.django_db
def test_nothing_of_the_demonstration_desk_moves():
    seed_demo(at=MONDAY)
    assert Commitment.objects.filter(state="running").exists()
    assert Commitment.objects.filter(state="missed").exists()
    assert publishing.compare(at=MONDAY + timedelta(seconds=1), tell=str) == 0


# PostgreSQL takes stock of what was seeded, which it does not do within a test's transaction.
@pytest.mark.django_db(transaction=True)
@pytest.mark.long
def test_nothing_of_generated_cases_moves():
    # Tests with transactions of their own leave words in the index, which is no model's table.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dueline_publicterms")
        cursor.execute("DELETE FROM dueline_internalterms")
    seed.seed(200, at=MONDAY)
    assert Case.objects.count() == 200
    assert publishing.compare(at=MONDAY + timedelta(seconds=1), tell=str) == 0


@pytest.mark.django_db
def test_the_comparison_sees_what_has_moved():
    seed_demo(at=MONDAY)
    before = publishing.verdicts(at=MONDAY)
    case = Case.objects.filter(commitments__state="running").first()
    Commitment.objects.filter(case=case, state="running").update(due_at=MONDAY)
    after = publishing.verdicts(at=MONDAY)
    assert [case_id for case_id in before if before[case_id] != after[case_id]] == [case.pk]
