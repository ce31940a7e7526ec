"""Making a key pair of DKIM, with the OpenSSL of this machine."""

import shutil
import subprocess

from dueline.core.errors import GiveUp

BITS = 2048
_SECONDS = 30


def can_be_made() -> bool:
    return shutil.which("openssl") is not None


def make_key() -> str:
    """Return a new private RSA key as PEM. Raises GiveUp where there is no OpenSSL."""
    program = shutil.which("openssl")
    if program is None:
        raise GiveUp("There is no OpenSSL on this machine.")
    try:
        made = subprocess.run(  # noqa: S603 - a program of the system's, and nothing of a stranger's
            [program, "genrsa", str(BITS)], capture_output=True, timeout=_SECONDS, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise GiveUp("OpenSSL made no key.") from error
    return made.stdout.decode("ascii").strip()
