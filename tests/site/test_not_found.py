from datetime import datetime

import pytest


@pytest.mark.django_db
def test_i16_the_page_that_says_no_is_the_same_at_any_instant(client, world, monkeypatch):
    def asked_at(text: str) -> bytes:
        monkeypatch.setattr("dueline.site.context.now", lambda: datetime.fromisoformat(text))
        return client.get("/nowhere").content

    assert asked_at("2026-11-23T09:00:00Z") == asked_at("2026-11-23T09:00:01Z")
