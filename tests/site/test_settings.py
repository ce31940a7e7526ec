"""The settings as the processes of a desk read them."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

READ = (
    "import json; from dueline.site import settings as s; d = s.DATABASES['default'];"
    "print(json.dumps({'database': d, 'key': s.SECRET_KEY, 'secure': s.SESSION_COOKIE_SECURE,"
    " 'proxy': s.SECURE_PROXY_SSL_HEADER}, default=str))"
)


def settings_with(environment, **more):
    read = subprocess.run(
        [sys.executable, "-c", READ],
        env={**environment, **more},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(read.stdout)


@pytest.fixture
def environment(tmp_path):
    return {"PYTHONPATH": "src", "DUELINE_DATA": str(tmp_path / "data")}


def test_a_database_url_names_a_server(environment):
    url = "postgresql://desk%40x:p%2Fw@db.example:5433/dueline"
    database = settings_with(environment, DATABASE_URL=url)["database"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert [database[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "desk@x",
        "p/w",
        "db.example",
        "5433",
        "dueline",
    ]


def test_a_database_url_may_name_a_socket_and_options(environment):
    url = "postgresql://desk@/dueline?host=/run/postgresql&sslmode=require"
    database = settings_with(environment, DATABASE_URL=url)["database"]
    assert database["HOST"] == "/run/postgresql"
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_a_database_that_is_not_postgresql_is_refused_in_words(environment):
    refused = subprocess.run(
        [sys.executable, "-c", READ],
        env={**environment, "DATABASE_URL": "mysql://desk@db.example/dueline"},
        capture_output=True,
        text=True,
    )
    assert refused.returncode == 1
    assert "DATABASE_URL" in refused.stderr.splitlines()[-1]


def test_the_secret_is_made_once_and_nobody_else_can_read_it(environment):
    first, second = settings_with(environment), settings_with(environment)
    assert len(first["key"]) >= 50
    assert first["key"] == second["key"]
    path = Path(environment["DUELINE_DATA"]) / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_cookies_are_for_https_alone_where_the_desk_is_reached_by_it(environment):
    plain, https = settings_with(environment), settings_with(environment, DUELINE_HTTPS="1")
    assert not plain["secure"]
    assert plain["proxy"] is None  # a header that anybody can send is not believed
    assert https["secure"]
    assert https["proxy"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_sqlite_keeps_what_it_accepted_and_lets_writers_wait(environment):
    asked = """
import django; django.setup()
from django.db import connection, transaction
with transaction.atomic(), connection.cursor() as cursor:
    for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
        print(cursor.execute(f"PRAGMA {name}").fetchone()[0])
    import sqlite3
    other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        print(error)
"""
    answer = subprocess.run(
        [sys.executable, "-c", asked],
        env={**environment, "DJANGO_SETTINGS_MODULE": "dueline.site.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    # synchronous 2 is FULL; a transaction holds the writer's lock from its first statement.
    assert answer.stdout.split("\n")[:5] == ["wal", "2", "1", "20000", "database is locked"]
