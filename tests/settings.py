"""The product's settings, in a data folder of the test session's own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Before the product's settings are read: they make the data folder. The workers of xdist inherit
# the session's folder from the process that started them, and take a part of it each.
_INHERITED = os.environ.get("DUELINE_TEST_FOLDER")
_FOLDER = Path(_INHERITED or tempfile.mkdtemp(prefix="dueline-tests-"))
if not _INHERITED:
    os.environ["DUELINE_TEST_FOLDER"] = str(_FOLDER)
    atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["DUELINE_DATA"] = str(_FOLDER / os.environ.get("PYTEST_XDIST_WORKER", "main"))
# No test asks the name servers of the machine; one that needs an answer brings its own.
os.environ["DUELINE_DNS"] = "off"
# Playwright runs an event loop in the thread of the test, which makes Django refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from dueline.site.settings import *  # noqa: E402, F403
from dueline.site.settings import DATA_DIR, DATABASES  # noqa: E402

if "sqlite3" in str(DATABASES["default"]["ENGINE"]):
    # A file and not memory: the story tests reach the same database from other processes.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
    # A test survives no power cut, and need not.
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    )

# The real hasher is slow on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
