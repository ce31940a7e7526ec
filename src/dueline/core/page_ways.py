"""The services by which somebody can be woken: what to ask of each, and the address it becomes.

The addresses are apprise's (https://appriseit.com/services/). Whatever else it knows can be written
as such an address by hand.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from dueline.core.errors import Refusal, gettext_noop


@dataclass(frozen=True, slots=True)
class Field:
    """title, hint: for people, to be translated. is_secret: typed unseen, and never shown again."""

    name: str
    title: str
    hint: str = ""
    is_secret: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """build: the address, from what was typed. Raises Refusal with the field's name as its code."""

    title: str
    fields: tuple[Field, ...]
    build: Callable[[Mapping[str, str]], str]
    hint: str = ""


def address_of(service: str, typed: Mapping[str, str]) -> str:
    """Return the address of a destination. Raises Refusal with the name of a field as its code."""
    chosen = SERVICES.get(service)
    if chosen is None:
        raise Refusal("service", "Choose a service.")
    answers = {field.name: typed.get(field.name, "").strip() for field in chosen.fields}
    for field in chosen.fields:
        if not answers[field.name] and not field.is_optional:
            raise Refusal(field.name, "Fill this in.")
        if len(answers[field.name]) > _LONGEST or not answers[field.name].isprintable():
            raise Refusal(field.name, "This is too long, or holds what cannot be written.")
    return chosen.build(answers)


_LONGEST = 500


def _ntfy(typed: Mapping[str, str]) -> str:
    schema, place = _server(typed["server"] or "https://ntfy.sh", "server", "ntfy")
    token = f"{_q(typed['token'])}@" if typed["token"] else ""
    auth = "&auth=token" if token else ""
    return f"{schema}://{token}{place}/{_q(typed['topic'])}?priority=max{auth}"


def _pushover(typed: Mapping[str, str]) -> str:
    return f"pover://{_q(typed['user'])}@{_q(typed['token'])}?priority=emergency"


def _telegram(typed: Mapping[str, str]) -> str:
    if not re.fullmatch(r"\d{5,12}:[\w-]{20,60}", typed["token"]):
        raise Refusal("token", "A bot’s token looks like 123456789:AAE…")
    return f"tgram://{typed['token']}/{quote(typed['chat'], safe='-')}"


def _twilio(typed: Mapping[str, str]) -> str:
    login = f"{_q(typed['account'])}:{_q(typed['token'])}"
    return f"twilio://{login}@{_number(typed, 'sender')}/{_number(typed, 'number')}"


def _elks(typed: Mapping[str, str]) -> str:
    login = f"{_q(typed['account'])}:{_q(typed['token'])}"
    return f"46elks://{login}@{_number(typed, 'sender')}/{_number(typed, 'number')}"


def _gotify(typed: Mapping[str, str]) -> str:
    schema, place = _server(typed["server"], "server", "gotify")
    return f"{schema}://{place}/{_q(typed['token'])}?priority=high"


def _slack(typed: Mapping[str, str]) -> str:
    found = re.fullmatch(
        r"https://hooks\.slack\.com/services/(\w{5,20})/(\w{5,20})/(\w{10,40})", typed["url"]
    )
    if found is None:
        raise Refusal("url", "It begins with https://hooks.slack.com/services/.")
    return f"slack://{found[1]}/{found[2]}/{found[3]}"


def _matrix(typed: Mapping[str, str]) -> str:
    schema, place = _server(typed["server"], "server", "matrix")
    return f"{schema}://{_q(typed['token'])}@{place}/{_q(typed['room'])}"


def _webhook(typed: Mapping[str, str]) -> str:
    schema, place = _server(typed["url"], "url", "json", whole=True)
    return f"{schema}://{place}"


def _as_written(typed: Mapping[str, str]) -> str:
    address = typed["address"]
    if not re.match(r"[A-Za-z0-9]{2,20}://\S+$", address):
        raise Refusal("address", "It looks like “service://…”, without spaces.")
    return address


def _server(written: str, field: str, schema: str, *, whole: bool = False) -> tuple[str, str]:
    """Return apprise's schema and the place, of a web address."""
    try:
        parts = urlsplit(written if "://" in written else f"https://{written}")
        port = parts.port
    except ValueError as error:
        raise Refusal(field, "Write a web address, like https://push.example.com.") from error
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise Refusal(field, "Write a web address, like https://push.example.com.")
    place = parts.hostname + (f":{port}" if port else "")
    if whole:
        login = parts.netloc.rpartition("@")[0]
        place = f"{login}@{place}" if login else place
        place += parts.path + (f"?{parts.query}" if parts.query else "")
    return (f"{schema}s" if parts.scheme == "https" else schema), place


def _number(typed: Mapping[str, str], field: str) -> str:
    number = re.sub(r"[\s()./-]", "", typed[field])
    if re.fullmatch(r"\+[1-9]\d{6,14}", number):
        return number
    if field == "sender" and re.fullmatch(r"[A-Za-z]\w{2,10}", number):
        return number  # a name, where the country lets one send
    raise Refusal(field, "Write the number with its country: +46 70 123 45 67.")


def _q(text: str) -> str:
    return quote(text, safe="")


_TOKEN = gettext_noop("Token")
_SERVER = gettext_noop("Server")
_SENDER = Field("sender", gettext_noop("Sends from"), gettext_noop("+46 … as the service has it"))
_NUMBER = Field("number", gettext_noop("Your number"), gettext_noop("+46 70 123 45 67"))

SERVICES: Mapping[str, Service] = {
    "ntfy": Service(
        "ntfy",
        (
            Field(
                "topic",
                gettext_noop("Topic"),
                gettext_noop("A word that nobody can guess: who knows it can read it."),
                is_secret=True,
            ),
            Field("server", _SERVER, gettext_noop("Empty: https://ntfy.sh"), is_optional=True),
            Field("token", _TOKEN, is_secret=True, is_optional=True),
        ),
        _ntfy,
        gettext_noop("An app for the telephone that rings through silence."),
    ),
    "pushover": Service(
        "Pushover",
        (
            Field("user", gettext_noop("User key"), is_secret=True),
            Field("token", gettext_noop("Application’s token"), is_secret=True),
        ),
        _pushover,
        gettext_noop("It rings until you look at it."),
    ),
    "telegram": Service(
        "Telegram",
        (
            Field("token", gettext_noop("Bot’s token"), is_secret=True),
            Field("chat", gettext_noop("Chat"), gettext_noop("A number, like 12315544")),
        ),
        _telegram,
    ),
    "twilio": Service(
        gettext_noop("Text message by Twilio"),
        (
            Field("account", gettext_noop("Account SID")),
            Field("token", _TOKEN, is_secret=True),
            _SENDER,
            _NUMBER,
        ),
        _twilio,
    ),
    "elks": Service(
        gettext_noop("Text message by 46elks"),
        (
            Field("account", gettext_noop("API username")),
            Field("token", gettext_noop("API password"), is_secret=True),
            _SENDER,
            _NUMBER,
        ),
        _elks,
    ),
    "gotify": Service(
        "Gotify",
        (Field("server", _SERVER), Field("token", _TOKEN, is_secret=True)),
        _gotify,
    ),
    "slack": Service(
        "Slack",
        (Field("url", gettext_noop("Webhook’s address"), is_secret=True),),
        _slack,
    ),
    "matrix": Service(
        "Matrix",
        (
            Field("server", _SERVER),
            Field("token", _TOKEN, is_secret=True),
            Field("room", gettext_noop("Room"), gettext_noop("!abc123:example.org")),
        ),
        _matrix,
    ),
    "webhook": Service(
        gettext_noop("Webhook"),
        (Field("url", gettext_noop("Address"), is_secret=True),),
        _webhook,
        gettext_noop("A POST with JSON: title and message."),
    ),
    "mail": Service(
        gettext_noop("E-mail"),
        (Field("mail", gettext_noop("Address")),),
        lambda typed: typed["mail"],
        gettext_noop("Wakes nobody by itself: take it as the last of several."),
    ),
    "address": Service(
        gettext_noop("Another service"),
        (
            Field(
                "address",
                gettext_noop("Address"),
                gettext_noop("As apprise writes it: service://keys"),
                is_secret=True,
            ),
        ),
        _as_written,
    ),
}
