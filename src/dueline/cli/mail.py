"""`dueline mail`: take mail in, and say what the desk would make of it."""

import errno
import json
import os
import signal
import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from dueline.cli.arguments import Commands, command, light_command, noun

EX_DATAERR = 65
EX_TEMPFAIL = 75  # sysexits.h: the mail server keeps the mail and tries again


def register(commands: Commands) -> None:
    mail = noun(commands, "mail", help="take mail in, and look at it")
    _add_listen(command(mail, "listen", run=_listen, help="take mail in: SMTP, LMTP, mailboxes"))
    _add_fetch(command(mail, "fetch", run=_fetch, help="take mail in from mailboxes (IMAP)"))
    _add_receive(
        light_command(mail, "receive", run=_receive, help="take in one mail from standard input")
    )
    _add_explain(
        light_command(
            mail, "explain", run=_explain, help="say what the desk would make of these mails"
        )
    )


# --- listen ----------------------------------------------------------------------------------


def _add_listen(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8025, help="of SMTP (default: 8025)")
    parser.add_argument("--lmtp-port", type=int, help="of LMTP (default: none)")


def _listen(arguments: Namespace) -> int:
    from dueline.intake.mail import fetchers, listener

    try:
        with fetchers.running():
            listener.run(host=arguments.host, port=arguments.port, lmtp_port=arguments.lmtp_port)
    except OSError as error:
        print(f"Mail cannot be taken in: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


# --- fetch -----------------------------------------------------------------------------------


def _add_fetch(parser: ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="fetch what is there, and end")
    parser.add_argument("--mailbox", default="", help="only this one", metavar="ADDRESS")


def _fetch(arguments: Namespace) -> int:
    from dueline.intake.mail import fetchers

    address = arguments.mailbox.strip().lower()
    chosen = [box for box in fetchers.fetched() if address in ("", box.address)]
    if not chosen:
        print("There is no such mailbox, or it is not fetched.", file=sys.stderr)
        return 1
    if arguments.once:
        return max([_fetch_once(box) for box in chosen])
    with fetchers.running(only=address):
        _wait_for_a_signal()
    return 0


def _fetch_once(mailbox: Any) -> int:
    from dueline.intake.mail import fetchers
    from dueline.intake.mail.imap_problems import is_of_the_world, problem_of

    try:
        found = fetchers.fetch_once(mailbox)
    except Exception as error:
        if not is_of_the_world(error):
            raise
        print(f"{mailbox.address}: {problem_of(error, mailbox)}", file=sys.stderr)
        return 1
    print(" ".join([f"{mailbox.address}: {found.kept} fetched.", *found.remarks]))
    return 0


def _wait_for_a_signal() -> None:
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: asked.append(number))
    while not asked:
        time.sleep(0.25)


# --- receive ---------------------------------------------------------------------------------


def _add_receive(parser: ArgumentParser) -> None:
    parser.add_argument("--sender", default="", help="the envelope's sender", metavar="ADDRESS")
    parser.add_argument(
        "--recipient",
        action="append",
        default=[],
        help="an envelope's recipient (may be repeated)",
        metavar="ADDRESS",
    )


def _receive(arguments: Namespace) -> int:
    try:
        return _keep(sys.stdin.buffer.read(), arguments)
    except Exception as error:
        # Whatever went wrong: the mail server still has the mail, and must keep it.
        print(f"The mail could not be kept ({type(error).__name__}).", file=sys.stderr)
        return EX_TEMPFAIL


def _keep(raw: bytes, arguments: Namespace) -> int:
    if not raw.strip():
        print("There was no mail on standard input.", file=sys.stderr)
        return EX_TEMPFAIL
    _start_django()
    from dueline.actions import inbox
    from dueline.core.instants import now
    from dueline.intake.mail.limits import LARGEST_MAIL

    if len(raw) > LARGEST_MAIL:
        print(f"The mail is larger than {LARGEST_MAIL >> 20} MB.", file=sys.stderr)
        return EX_DATAERR
    inbox.keep_raw(
        raw, door="pipe", mail_from=arguments.sender, rcpt_to=arguments.recipient, at=now()
    )
    return 0


# --- explain ---------------------------------------------------------------------------------


def _add_explain(parser: ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help='a mail as it came; "-": stdin; a number: that mail of the inbox',
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON for each")


def _explain(arguments: Namespace) -> int:
    from dueline.intake.mail.child import Reader

    desk = _desk()
    reader = Reader()
    code = 0
    try:
        for name in arguments.files:
            try:
                raw = _bytes_of(name)
            except OSError as error:
                print(f"{name}: {error.strerror}", file=sys.stderr)
                code = 1
                continue
            told = {"file": name, **desk.explain(reader, raw)}
            print(json.dumps(told, ensure_ascii=False) if arguments.json else _in_words(told))
    finally:
        reader.close()
    return code


def _bytes_of(name: str) -> bytes:
    """Return the mail that an argument names. Raises OSError if there is none."""
    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    if not (name.isascii() and name.isdigit()) or path.exists():
        return path.read_bytes()
    return _of_inbox(int(name))


def _of_inbox(item_id: int) -> bytes:
    _start_django()
    from dueline.queries.inbox import get_raw

    raw = get_raw(item_id)
    if raw is None:
        raise FileNotFoundError(errno.ENOENT, "there is no such mail in the inbox")
    return raw


def _desk() -> Any:
    """Return what is known of the desk in the data folder; nothing is made where there is none."""
    from dueline.intake.mail.explain import NO_DESK

    folder = Path(os.environ.get("DUELINE_DATA", "data"))
    if not os.environ.get("DATABASE_URL") and not (folder / "db.sqlite3").exists():
        return NO_DESK
    try:
        _start_django()
        from dueline.intake.mail.explain import open_desk

        return open_desk()
    except Exception as error:
        print(f"The desk was not asked ({type(error).__name__}).", file=sys.stderr)
        return NO_DESK


def _start_django() -> None:
    from dueline.cli.main import start_django

    start_django()


def _in_words(told: dict[str, Any]) -> str:
    particulars = ", ".join(f"{k}: {v}" for k, v in told["particulars"].items() if v) or "none"
    attachments = ", ".join(f"{f['name']} ({f['size']} bytes)" for f in told["attachments"])
    lines = [
        f"{told['file']}: {told['decision']}. {told['reason']}",
        f"  subject      {told['subject']}",
        f"  from         {told['from_name']} <{told['from']}>",
        f"  particulars  {particulars}",
        f"  machine      {told['machine_class']}",
        f"  acknowledged {'yes' if told['acknowledged'] else 'no'}",
    ]
    if sender := told.get("sender"):
        lines.append(f"  sender       {sender['verdict']}: {sender['because']}")
    if attachments:
        lines.append(f"  attachments  {attachments}")
    lines += [f"  note         {warning}" for warning in told["warnings"]]
    return "\n".join(lines)
