"""Voicemails that telephone systems send by mail. One reader for each system, in one list.

A reader knows its system by what only that system writes, and takes number, name, hang-up, length
and keys from headers first. Whether the mail does come from a telephone system of the desk is not
asked here: until somebody has, it is a claim.

A priority is read from a header and from keys alone. No word of a text makes a case Critical: it
may be what a machine believes to have heard.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from dueline.core.inbound import File, Voicemail
from dueline.core.mail_text import clean_line
from dueline.core.phone import normal
from dueline.core.priorities import Priority
from dueline.intake.mail.decode import decode_header
from dueline.intake.mail.headers import instant


@dataclass(frozen=True, slots=True)
class Letter:
    """What a reader looks at. headers: names in lower case. own_id: tells this mail from others.

    sent_at: its Date, with the offset that its sender wrote. durations: what its parts say in
    Content-Duration (RFC 3803). is_passed_on: somebody answers or forwards.
    """

    headers: Mapping[str, str]
    subject: str
    text: str
    files: Sequence[File]
    own_id: str
    region: str
    sender_name: str = ""
    sent_at: datetime | None = None
    durations: Sequence[str] = ()
    is_passed_on: bool = False

    def header(self, *names: str) -> str:
        """Return the first of these headers that says something."""
        told = (clean_line(decode_header(self.headers.get(name, ""))) for name in names)
        return next((value for value in told if value and value.lower() != "(null)"), "")

    @property
    def audio(self) -> File | None:
        """The recording; not the introduction that somebody spoke when they passed it on."""
        heard = [file for file in self.files if is_audio(file)]
        spoken = [file for file in heard if "intro" not in file.name.lower()]
        return next(iter(spoken or heard), None)


Reading = Callable[[Letter], Voicemail | None]


def read_voicemail(letter: Letter) -> Voicemail | None:
    """Return the voicemail that a mail brings, or None: what a person passes on is a mail."""
    if letter.is_passed_on:
        return None
    return next(filter(None, (reading(letter) for reading in READINGS)), None)


def date_of(value: str) -> datetime | None:
    """Return the instant of a Date header with its own offset; None if it names none."""
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return instant(value)
    return found if found.tzinfo else instant(value)


def is_audio(file: File) -> bool:
    ending = file.name.lower().rpartition(".")[2]
    return file.media_type.lower().startswith("audio/") or ending in _ENDINGS


_ENDINGS = frozenset(
    {"wav", "mp3", "gsm", "ogg", "oga", "opus", "m4a", "aac", "amr", "awb", "wma", "au", "snd"}
    | {"ulaw", "alaw", "flac", "webm", "3gp"}
)

# --- the systems -------------------------------------------------------------------------------


def _told(letter: Letter) -> Voicemail | None:
    """A system that was taught to write our headers (docs/telephone.md), or an upload."""
    if not letter.header("x-voicemail-id", "x-voicemail-number", "x-voicemail-hung-up"):
        return None
    return _voicemail(
        letter,
        letter.header("x-voicemail-system") or "mail",
        number=letter.header("x-voicemail-number"),
        name=letter.header("x-voicemail-name"),
        to=letter.header("x-voicemail-to"),
        length=letter.header("x-voicemail-duration"),
        recording_id=letter.header("x-voicemail-id"),
        hung_up_at=date_of(letter.header("x-voicemail-hung-up")),
    )


_ASTERISK_SAYS = re.compile(
    r"just left an? (?P<length>[\d:]+) long message \(number \d+\)\s+in mailbox (?P<box>\S+) from "
    r"(?P<who>.{0,200}?),?\s+on (?P<when>.{0,80}?)\s+so you might",
    re.DOTALL,
)


def _asterisk(letter: Letter) -> Voicemail | None:
    said = _ASTERISK_SAYS.search(letter.text)
    is_its = letter.own_id.startswith("<Asterisk-") or any(
        name.startswith("x-asterisk-") for name in letter.headers
    )
    kind = letter.header("x-asterisk-vm-message-type").lower()
    if not (said or is_its) or kind not in ("", "message"):  # a greeting is mailed, too
        return None
    lines = _labelled(letter.text)
    who = said["who"] if said else lines.get("from", "")
    name, number = _who(who)
    return _voicemail(
        letter,
        "asterisk",
        number=letter.header("x-asterisk-vm-caller-id-num", "x-asterisk-callerid") or number,
        name=letter.header("x-asterisk-vm-caller-id-name", "x-asterisk-calleridname") or name,
        to=letter.header("x-asterisk-vm-extension")
        or (said["box"] if said else lines.get("to", "")),
        length=letter.header("x-asterisk-vm-duration")
        or (said["length"] if said else lines.get("length", "")),
        recording_id=letter.header("x-asterisk-vm-message-id"),
        began=said["when"] if said else lines.get("when", ""),
        keyed=lines.get("keyed", ""),
        is_urgent=letter.header("x-asterisk-vm-flag").lower() == "urgent",
    )


_FREESWITCH_SUBJECT = re.compile(r"^(?:Voicemail from )?(?P<who>.{1,200}>)\s*(?P<length>[\d:]*)$")


def _freeswitch(letter: Letter) -> Voicemail | None:
    if not letter.header("x-mailer").lower().startswith("freeswitch"):
        return None
    lines = _labelled(letter.text)
    subject = _FREESWITCH_SUBJECT.match(letter.subject)
    name, number = _who(lines.get("from") or (subject["who"] if subject else ""))
    return _voicemail(
        letter,
        "freeswitch",
        number=number,
        name=name or letter.sender_name,
        to=lines.get("to", "").partition("@")[0],
        length=lines.get("length") or (subject["length"] if subject else ""),
        began=lines.get("when", ""),
        keyed=lines.get("keyed", ""),
        is_urgent=letter.header("x-priority").startswith("1"),
    )


_3CX_SUBJECT = re.compile(
    r"(?:voicemail|voice mail|voice message|röstmeddelande|talemelding|sprachnachricht)\b.{0,30}? "
    r"(?:from|från|fra|von) (?P<who>.{1,200})$",
    re.IGNORECASE,
)


def _three_cx(letter: Letter) -> Voicemail | None:
    marks = f"{letter.header('x-mailer', 'user-agent')} {letter.sender_name} {letter.text[:4000]}"
    if "3cx" not in marks.lower():
        return None
    lines = _labelled(letter.text)
    subject = _3CX_SUBJECT.search(letter.subject)
    if not lines.get("from") and subject is None:
        return None
    name, number = _who(lines.get("from") or (subject["who"] if subject else ""))
    return _voicemail(
        letter,
        "3cx",
        number=lines.get("number") or number,
        name=name,
        to=lines.get("to", ""),
        length=lines.get("length", ""),
        began=lines.get("when", ""),
        keyed=lines.get("keyed", ""),
    )


_CISCO_SUBJECT = re.compile(
    r"^(?:\[?(?:urgent|private|secure)\]?:? ?)*message from (?P<who>.{1,200})$", re.IGNORECASE
)


def _cisco(letter: Letter) -> Voicemail | None:
    marks = " ".join((*letter.headers, letter.header("x-mailer"), letter.own_id)).lower()
    subject = _CISCO_SUBJECT.match(letter.subject)
    if "unity" not in marks or not (subject or _is_voice_message(letter)):
        return None
    name, number = _who(subject["who"] if subject else letter.sender_name)
    return _voicemail(
        letter,
        "cisco",
        number=letter.header("callerid", "x-caller-id", "x-callingtelephonenumber") or number,
        name=name,
        length=next(iter(letter.durations), ""),
        is_urgent=_is_important(letter) or "urgent" in letter.subject.lower().split("message")[0],
    )


_MICROSOFT_SUBJECT = re.compile(r"\((?P<length>[^()]{1,40})\)\s*$")
_MICROSOFT_SAYS = re.compile(
    r"(?:voice ?mail|voice message|röstmeddelande|talepost|talemelding|sprachnachricht)\b"
    r"[^\n]{0,40}? "
    r"(?:from|från|fra|von) (?P<who>[^\n]{1,120}?)(?:\.(?=\s|$)|$)",
    re.IGNORECASE | re.MULTILINE,
)


def _microsoft(letter: Letter) -> Voicemail | None:
    told = letter.header("x-callingtelephonenumber", "x-voicemessageduration")
    content_class = letter.header("content-class").lower()
    if not (told or content_class.startswith(("voice", "ipm.note.microsoft.voicemail"))):
        return None
    said = _MICROSOFT_SAYS.search(_without_transcript(letter.text)[0])
    name, number = _who(said["who"] if said else "")
    subject = _MICROSOFT_SUBJECT.search(letter.subject)
    return _voicemail(
        letter,
        "microsoft",
        number=letter.header("x-callingtelephonenumber") or number,
        name=letter.header("x-voicemessagesendername") or name,
        length=letter.header("x-voicemessageduration") or (subject["length"] if subject else ""),
        recording_id=letter.header("x-callid"),
        is_urgent=_is_important(letter),
    )


_WORDS = re.compile(
    r"voice ?-?mail|voice message|röstmeddelande|röstbrevlåda|telefonsvarar|mobilsvar|talemelding|"
    r"talepost|talebesked|telefonsvarer|sprachnachricht|anrufbeantworter|messagerie vocale",
    re.IGNORECASE,
)


def _generic(letter: Letter) -> Voicemail | None:
    """Whatever calls itself a voice message (RFC 3458), or says so and brings a recording."""
    if not _is_voice_message(letter) and not (letter.audio and _WORDS.search(letter.subject)):
        return None
    lines = _labelled(letter.text)
    name, number = _who(lines.get("from", ""))
    if not number and (subject := _3CX_SUBJECT.search(letter.subject)):
        name, number = _who(subject["who"])
    return _voicemail(
        letter,
        "mail",
        number=lines.get("number") or number or _who(letter.sender_name)[1],
        name=name,
        to=lines.get("to", ""),
        length=lines.get("length", "") or next(iter(letter.durations), ""),
        began=lines.get("when", ""),
        is_urgent=_is_important(letter),
    )


# The first that knows a mail reads it; what is sure of itself comes first.
READINGS: tuple[Reading, ...] = (
    _told,
    _asterisk,
    _freeswitch,
    _three_cx,
    _cisco,
    _microsoft,
    _generic,
)

# --- what all have in common -------------------------------------------------------------------


def _voicemail(
    letter: Letter,
    source: str,
    *,
    number: str,
    name: str = "",
    to: str = "",
    length: str = "",
    recording_id: str = "",
    began: str = "",
    hung_up_at: datetime | None = None,
    keyed: str = "",
    is_urgent: bool = False,
) -> Voicemail:
    seconds = _seconds(length)
    priority = _priority(letter.header("x-voicemail-priority"))
    by = letter.header("x-voicemail-stated-by").lower()
    from_number = normal(number, letter.region)
    return Voicemail(
        source=source,
        recording_id=recording_id or letter.own_id,
        from_number=from_number,
        to_number=normal(to, letter.region),
        caller_name=_name(name, number=from_number, region=letter.region),
        hung_up_at=_in_utc(hung_up_at) or _hung_up(letter, began, seconds),
        seconds=seconds,
        keyed="".join(re.findall(r"[0-9*#]", letter.header("x-voicemail-keys") or keyed))[:20],
        is_urgent=is_urgent,
        stated_priority=priority,
        stated_by=("person" if by == "person" else "header") if priority else "",
        audio=letter.audio,
        transcript=_without_transcript(letter.text)[1],
    )


def _is_voice_message(letter: Letter) -> bool:
    context = letter.header("message-context").lower()
    kind = letter.header("content-type").lower()
    return context == "voice-message" or kind.startswith("multipart/voice-message")


def _is_important(letter: Letter) -> bool:
    return letter.header("importance").lower() == "high" or letter.header("priority").lower() in (
        "urgent",
    )


def _priority(text: str) -> Priority | None:
    try:
        return Priority(text.strip().lower())
    except ValueError:
        return None


_QUOTED = re.compile(r'^\s*"?(?P<name>[^"<>]{0,120}?)"?\s*<(?P<number>[^<>]{0,80})>')
_BRACKETED = re.compile(r"^(?P<name>.{0,120}?)\s*[(\[](?P<number>[+\d][\d\s()./-]{2,30})[)\]]")
_DASHED = re.compile(
    r"^(?P<number>[+\d][\d\s()./-]{2,30}?)\s*(?:[-–,]\s*|\()(?P<name>[^\W\d_][^()]{1,119})\)?$"
)
_NUMBER = re.compile(r"[+(]?\d[\d\s()./-]{1,30}\d|\d{3,}")


def _who(text: str) -> tuple[str, str]:
    """Return name and number of '"Cleo" <070…>', 'Cleo (070…)', '070… - Cleo', '070…', 'Cleo'."""
    text = clean_line(text)[:300].strip(" .")
    for form in (_QUOTED, _BRACKETED, _DASHED):
        if found := form.match(text):
            return found["name"].strip(' "'), found["number"].strip()
    number = _NUMBER.search(text)
    if number:
        return "", number[0]
    return text, ""


_NOBODY = re.compile(
    r"^(?:an? )?(?:unknown|anonymous|private|withheld|unavailable|restricted|okänd|ukjent|ukendt|"
    r"unbekannt|dolt nummer|skjult|hemligt)\b.{0,20}$",
    re.IGNORECASE,
)


def _name(name: str, *, number: str, region: str) -> str:
    """Return how a caller is called; "" for the number once more, or for a word for nobody."""
    name = clean_line(name).strip(' "')[:100]
    if _NOBODY.match(name) or normal(name, region) == number:
        return ""
    return name if any(map(str.isalpha, name)) else ""


# What stands in front of a colon: in English, Swedish, Norwegian and Danish, German.
_LABELS = {
    "from": "from|caller|caller id|call from|från|samtal från|uppringare|fra|oppringer|anrufer|von",
    "number": "number|phone|phone number|caller number|nummer|telefonnummer|telefon|rufnummer",
    "to": "to|extension|mailbox|account|till|anknytning|til|postboks|an|nebenstelle",
    "length": "duration|length|message length|längd|varighet|længde|lengde|dauer|länge",
    "when": "received|created|date|time|date/time|call time|mottaget|mottagen|datum|tid|mottatt|"
    "modtaget|dato|empfangen|zeit",
    "keyed": "key|keys|keyed|pressed|knapp|knappval|tast|taste",
}
_LABEL_OF = {word: name for name, words in _LABELS.items() for word in words.split("|")}
_LINE = re.compile(r"^[ \t*•-]{0,8}([^\W\d_][^:\n]{0,28}?)[ \t*]*:[ \t*]*([^\n]{1,200})$", re.M)


def _labelled(text: str) -> dict[str, str]:
    """Return what stands behind the labels of a notice; the first of each counts."""
    found: dict[str, str] = {}
    for line in _LINE.finditer(_without_transcript(text)[0][:8000]):
        name = _LABEL_OF.get(" ".join(line[1].lower().split()))
        if name:
            found.setdefault(name, line[2].strip())
    return found


_TRANSCRIPT = re.compile(
    r"^[ \t*]*(?:voice ?mail preview|voicemail transcription|transcription|transcript|"
    r"message transcript|transkribering|transkription|transkripsjon)[ \t*]{0,20}:?[ \t*]{0,20}$"
    r"|^[ \t*]*(?:voice ?mail preview|transcription|transcript|transkribering|transkription|"
    r"transkripsjon)[ \t*]{0,20}:",
    re.IGNORECASE | re.MULTILINE,
)
_LONGEST_TRANSCRIPT = 10_000


def _without_transcript(text: str) -> tuple[str, str]:
    """Return a notice without what a machine has heard, and what it has heard.

    All that follows its heading is taken for its: spoken words must never be read as labels.
    """
    found = _TRANSCRIPT.search(text)
    if found is None:
        return text, ""
    heard = re.split(r"\n[ \t]*(?:-{2,}|_{2,}|\*{3,})", text[found.end() :])[0]
    return text[: found.start()], heard.strip()[:_LONGEST_TRANSCRIPT]


_CLOCK = re.compile(r"^\D{0,20}(?:(\d{1,2}):)?(\d{1,3}):(\d{2})\b")
_SPELLED = re.compile(r"(\d{1,5})\s*(h|m|s)?", re.IGNORECASE)
_UNITS = {"h": 3600, "m": 60, "s": 1, "": 1}
_LONGEST_SECONDS = 4 * 3600


def _seconds(text: str) -> int | None:
    """Return a length in seconds: "42", "0:42", "00:00:42", "1 min 5 s", "42 sekunder"."""
    if clock := _CLOCK.match(text):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        found = hours * 3600 + minutes * 60 + seconds
    else:
        spelled = _SPELLED.findall(text)
        if not spelled:
            return None
        found = sum(int(number) * _UNITS[unit.lower()] for number, unit in spelled[:3])
    return found if found <= _LONGEST_SECONDS else None


_FORMS = (
    "%A, %B %d, %Y at %I:%M:%S %p",  # Asterisk as shipped
    "%A, %d %B %Y at %H:%M:%S",
    "%A, %B %d %Y, %I:%M %p",  # FreeSWITCH as shipped
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
)
# A voicemail is mailed when it ends; what a machine listens to first takes minutes.
_MAILED_WITHIN = timedelta(minutes=15)


def _hung_up(letter: Letter, began: str, seconds: int | None) -> datetime | None:
    """Return the caller's last word: when the recording began, and its length.

    The notice names no zone. Its time counts in that of the mail's Date, if so it ends shortly
    before the mail was written; else the Date itself does, which a telephone system writes as soon
    as the caller has hung up.
    """
    sent_at = letter.sent_at
    if sent_at is None or sent_at.tzinfo is None:
        return None
    at = _local(began)
    if at is not None and seconds is not None:
        ended = at.replace(tzinfo=sent_at.tzinfo) + timedelta(seconds=seconds)
        if timedelta(0) <= sent_at - ended <= _MAILED_WITHIN:
            return _in_utc(ended)
    return _in_utc(sent_at)


def _in_utc(at: datetime | None) -> datetime | None:
    try:
        return at.astimezone(UTC) if at and at.tzinfo else None
    except (OverflowError, ValueError):  # of a year in which no calendar begins
        return None


def _local(text: str) -> datetime | None:
    text = " ".join(text.split())
    for form in _FORMS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the Date's zone is put to it
        except ValueError:
            continue
    return None
