"""Debian's own Postfix and Dovecot, each started in a folder of its own, on ports of its own.

They need root, because both give up rights as they start. What they are told is below; nothing of
the machine's own configuration is read, and nothing stays behind.
"""

import imaplib
import os
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.processes import eventually, free_port

POSTFIX, DOVECOT = "/usr/sbin/postfix", "/usr/sbin/dovecot"
CERTIFICATE = Path(__file__).parent / "outlets" / "sink.pem"
PASSWORD = "a good password"
LARGE = "large"  # a user with one large mailbox
_HOW = "sudo apt-get install postfix dovecot-imapd dovecot-lmtpd (bin/test does it as root)"


def need(program: str) -> None:
    """Fail with what to do. A test that nobody can run is not a test that passed."""
    if not Path(program).exists():
        pytest.fail(f"This test needs {program}: {_HOW}")
    if os.geteuid() != 0:
        pytest.fail("This test starts mail servers, and they start as root only.")


@contextmanager
def folder_for_all(name: str) -> Iterator[Path]:
    """A folder that also the servers' own users may enter."""
    folder = Path(tempfile.mkdtemp(prefix=f"dueline-{name}-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            return bool(line.recv(1))
    except OSError:
        return False


# --- Dovecot -----------------------------------------------------------------------------------

_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
disable_plaintext_auth = no
auth_mechanisms = plain xoauth2
recipient_delimiter = +
lmtp_hdr_delivery_address = original
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%n
mail_max_userip_connections = 200
auth_failure_delay = 0
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
mailbox_idle_check_interval = 1 secs
namespace inbox {{
  inbox = yes
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%n {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%n {folder}/users
}}
{oauth}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""
_OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
"""


@dataclass
class Dovecot:
    """users: whose mail it keeps; everybody's password is `PASSWORD`.

    asks: the address of a server that says whose a token is (RFC 7662); "": no tokens.
    """

    folder: Path
    users: tuple[str, ...]
    asks: str = ""
    imap: int = field(default_factory=free_port)
    imaps: int = field(default_factory=free_port)
    lmtp: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        need(DOVECOT)
        self._write()
        command = [DOVECOT, "-F", "-c", str(self.folder / "dovecot.conf")]
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                command, stdout=output, stderr=output, start_new_session=True
            )
        eventually(lambda: self._has_ended() or _answers(self.imap), within=20)
        assert not self._has_ended(), (self.folder / "output").read_text()
        eventually(lambda: _answers(self.lmtp), within=20)

    def kill(self) -> None:
        """kill -9 all of it, whatever it is doing."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        (self.folder / "run" / "master.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            self.kill()

    def deliver(self, raw: bytes, to: str, *, sender: str = "cleo@northwind.example") -> None:
        """Hand over a mail by LMTP, as a mail server does."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as lmtp:
            lmtp.sendmail(sender, [to], raw)

    @contextmanager
    def opened(self, user: str, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """A person's own mail program."""
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=20) as client:
            client.login(user, PASSWORD)
            client.select(f'"{folder}"')
            yield client

    def mails(self, user: str, folder: str = "INBOX") -> list[EmailMessage]:
        with self.opened(user, folder) as client:
            numbers = client.search(None, "ALL")[1][0].split()
            raw = [client.fetch(number, "(BODY.PEEK[])")[1][0][1] for number in numbers]
        return [message_from_bytes(one, policy=policy.default) for one in raw]

    def count(self, user: str, what: str = "ALL", *, folder: str = "INBOX") -> int:
        with self.opened(user, folder) as client:
            return len(client.search(None, what)[1][0].split())

    def sessions(self) -> list[int]:
        """Return the processes that serve who is signed in, or could."""
        assert self._process is not None
        told = subprocess.run(
            ["pgrep", "-g", str(self._process.pid), "-f", "dovecot/imap( |$)"],
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(pid) for pid in told.stdout.split()]

    @property
    def large_mailbox(self) -> Path:
        """The file in which all mails of `LARGE` stand, one after the other (mbox)."""
        return self.folder / "mail" / LARGE / "inbox"

    @property
    def _large(self) -> str:
        return f"mbox:{self.folder}/mail/{LARGE}/mbox:INBOX={self.large_mailbox}"

    def do(self, *command: str) -> None:
        """Run Dovecot's own tool for administrators."""
        subprocess.run(
            ["doveadm", "-c", str(self.folder / "dovecot.conf"), *command],
            check=True,
            capture_output=True,
        )

    def _has_ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def _write(self) -> None:
        (self.folder / "mail").mkdir(exist_ok=True)
        shutil.chown(self.folder / "mail", "mail", "mail")
        lines = [
            f"{user}:{{PLAIN}}{PASSWORD}:8:8::{self.folder}/mail/{user}" for user in self.users
        ]
        lines.append(f"{LARGE}:{{PLAIN}}{PASSWORD}:8:8::/nowhere::userdb_mail={self._large}")
        (self.folder / "users").write_text("\n".join(lines) + "\n")
        (self.folder / "oauth2.conf").write_text(
            f"introspection_mode = post\nintrospection_url = {self.asks}\n"
            "username_attribute = email\nusername_format = %u\nactive_attribute = active\n"
            "active_value = true\n"
        )
        said = _DOVECOT.format(
            folder=self.folder,
            certificate=CERTIFICATE,
            imap=self.imap,
            imaps=self.imaps,
            lmtp=self.lmtp,
            oauth=_OAUTH.format(folder=self.folder) if self.asks else "",
        )
        (self.folder / "dovecot.conf").write_text(said)


@contextmanager
def dovecot(*users: str, asks: str = "") -> Iterator[Dovecot]:
    with folder_for_all("dovecot") as folder:
        server = Dovecot(folder, users, asks)
        try:
            server.start()
            yield server
        finally:
            server.stop()


# --- Postfix -----------------------------------------------------------------------------------

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
meta_directory = /etc/postfix
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.test
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
mydestination =
recipient_delimiter = +
relay_domains = {domains}
transport_maps = texthash:{folder}/transport
default_transport = error:this server sends nothing outside
smtpd_relay_restrictions = permit_mynetworks, reject
lmtp_destination_recipient_limit = 1
minimal_backoff_time = 2s
maximal_backoff_time = 4s
queue_run_delay = 2s
transport_retry_time = 2s
disable_dns_lookups = yes
smtp_host_lookup = native
smtputf8_enable = yes
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup  unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr    unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce  unix - - n - 0 bounce
defer   unix - - n - 0 bounce
trace   unix - - n - 0 bounce
verify  unix - - n - 1 verify
flush   unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp    unix - - n - - smtp
relay   unix - - n - - smtp
showq   unix n - n - - showq
error   unix - - n - - error
retry   unix - - n - - error
discard unix - - n - - discard
lmtp    unix - - n - - lmtp
anvil   unix - - n - 1 anvil
scache  unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass
class Postfix:
    """routes: a domain or an address → the LMTP port that takes its mail."""

    folder: Path
    routes: Mapping[str, int]
    port: int = field(default_factory=free_port)

    def start(self) -> None:
        need(POSTFIX)
        for name in ("queue", "data"):
            (self.folder / name).mkdir(exist_ok=True)
        shutil.chown(self.folder / "data", "postfix")
        domains = {place.rpartition("@")[2] for place in self.routes}
        lines = [f"{place} lmtp:inet:[127.0.0.1]:{port}" for place, port in self.routes.items()]
        (self.folder / "transport").write_text("\n".join(lines) + "\n")
        main = _MAIN.format(folder=self.folder, domains=", ".join(sorted(domains)))
        (self.folder / "main.cf").write_text(main)
        (self.folder / "master.cf").write_text(_MASTER.format(port=self.port))
        self._run("start")
        eventually(lambda: _answers(self.port), within=20)

    def stop(self) -> None:
        if (self.folder / "main.cf").exists():
            self._run("stop")

    def send(self, mail: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as smtp:
            smtp.send_message(mail)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def _run(self, what: str) -> None:
        done = subprocess.run(
            [POSTFIX, "-c", str(self.folder), what], capture_output=True, text=True, check=False
        )
        log = self.log if (self.folder / "log").exists() else ""
        assert done.returncode == 0 or what == "stop", done.stderr + log


@contextmanager
def postfix(routes: Mapping[str, int]) -> Iterator[Postfix]:
    with folder_for_all("postfix") as folder:
        server = Postfix(folder, routes)
        try:
            server.start()
            yield server
        finally:
            server.stop()
