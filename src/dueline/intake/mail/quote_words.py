"""What mail programs write around quoted and forwarded text: their words, nobody's own.

English, Swedish, Norwegian, Danish, German, French, Finnish, and Dutch where it costs nothing.
All in lower case.
"""

import re


def _phrases(*lines: str) -> frozenset[str]:
    return frozenset(phrase.strip().casefold() for line in lines for phrase in line.split(","))


FROM = _phrases("from, från, fra, von, de, expéditeur, lähettäjä, van")
DATE = _phrases(
    "sent, date, skickat, skickades, datum, sendt, dato, gesendet, envoyé, date d'envoi",
    "lähetetty, päiväys, päivämäärä, verzonden",
)
TO = _phrases("to, till, til, an, à, pour, destinataire, vastaanottaja, saaja, kenelle, aan")
SUBJECT = _phrases("subject, ämne, emne, betreff, objet, sujet, aihe, onderwerp")
OTHER = _phrases(
    "cc, bcc, kopia, kopi, kopie, copie à, copie, reply-to, svar till, importance, prioritet",
    "attachments, bilagor, vedlegg, anlagen, liitteet, pièces jointes",
)

# Between dashes: "-----Original Message-----".
ORIGINAL = _phrases(
    "original message, ursprungligt meddelande, originalmeddelande, opprinnelig melding",
    "original melding, oprindelig meddelelse, oprindelig besked, original besked",
    "ursprüngliche nachricht, originalnachricht, original-nachricht, message d'origine",
    "message original, message d’origine, alkuperäinen viesti, oorspronkelijk bericht",
)
FORWARDED = _phrases(
    "forwarded message, vidarebefordrat meddelande, vidarebefordrat brev, vidarebefordrat mejl",
    "vidaresänt meddelande, videresendt melding, videresendt meddelelse, videresendt besked",
    "videresendt e-post, weitergeleitete nachricht, weitergeleitete mail, message transféré",
    "message réexpédié, välitetty viesti, edelleenlähetetty viesti, edelleen lähetetty viesti",
    "doorgestuurd bericht",
)
# A line of their own, with a colon at its end: Apple's way.
FORWARD_BEGINS = _phrases(
    "begin forwarded message, vidarebefordrat brev, vidarebefordrat mejl",
    "påbörja vidarebefordrat meddelande, videresendt melding, videresendt e-post",
    "start på videresendt besked, begynnelse på videresendt melding",
    "anfang der weitergeleiteten nachricht, début du message réexpédié",
    "début du message transféré, välitetty viesti alkaa, edelleenlähetetty viesti alkaa",
    "begin doorgestuurd bericht",
)

# "VS:" forwards in Norwegian and Danish, and answers in Finnish: the labels below tell them apart.
FORWARDS = re.compile(r"(?:fwd?|vb|vs|vl|wg|tr|doorst)\s*:", re.IGNORECASE)
FINNISH = _phrases("lähettäjä, lähetetty, päiväys, päivämäärä, vastaanottaja, saaja, aihe")

WROTE = re.compile(
    r"\b(?:wrote|writes|skrev|skriver|schrieb|schreibt|a écrit|kirjoitti|schreef)\b", re.IGNORECASE
)
# How a line begins that says when something was written.
WHEN = re.compile(
    r"(?:on|den|på|am|le|op)\s|\d"
    r"|(?:mon|tue|wed|thu|fri|sat|sun|mån|tis|tors|lör|sön|man|tir|ons|tor|fre|lør|søn"
    r"|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|ma|ti|ke|to|pe|la|su)[a-zåäöø]{0,8}[.,]?\s",
    re.IGNORECASE,
)

# "Sent from my iPhone", "Get Outlook for iOS": what is done, and with what.
SENT_WITH = re.compile(
    r"(?:sent (?:from|via|using|with)|get outlook|skickat (?:från|med|via)|skickades från|hämta"
    r"|sendt (?:fra|med|via)|skaff deg|hent|få|gesendet (?:von|mit|aus|über)|von meine[mr]"
    r"|diese nachricht wurde|holen sie sich|outlook für|envoyé (?:de|depuis|à partir|avec)"
    r"|obtenir|obtenez|télécharger|téléchargez|lähetetty|hanki|verzonden vanaf)\b",
    re.IGNORECASE,
)
DEVICE = re.compile(
    r"iphone|ipad|android|samsung|galaxy|outlook|yahoo|huawei|xiaomi|oneplus|\bmail\b|e-post"
    r"|\bmobil|\bmobile\b|\bphone\b|telefon\b|smartphone|puhelime|handy\b|tablet|blackberry"
    r"|appareil|sähköposti|proton",
    re.IGNORECASE,
)

CLOSINGS = _phrases(
    "best regards, kind regards, warm regards, regards, with kind regards, best, cheers, thanks",
    "many thanks, thanks and regards, thank you, sincerely, yours sincerely, yours faithfully, br",
    "med vänlig hälsning, med vänliga hälsningar, vänlig hälsning, vänliga hälsningar, mvh",
    "bästa hälsningar, hälsning, hälsningar, tack, tack på förhand, vh",
    "med vennlig hilsen, vennlig hilsen, beste hilsen, hilsen, mvh",
    "med venlig hilsen, venlig hilsen, bedste hilsner, bedste hilsen, hilsen",
    "mit freundlichen grüßen, mit freundlichem gruß, mit besten grüßen, freundliche grüße",
    "viele grüße, beste grüße, liebe grüße, schöne grüße, herzliche grüße, gruß, mfg, vg, lg",
    "cordialement, bien cordialement, bien à vous, cdlt, meilleures salutations, salutations",
    "ystävällisin terveisin, parhain terveisin, terveisin, terv, yst terv, kiitos",
)

# A disclaimer has a word of each of these three.
SECRET = re.compile(
    r"confiden|konfiden|vertrau|fortrolig|luottamuksel|sekretess|taushet|privileged", re.IGNORECASE
)
THIS_MAIL = re.compile(
    r"e-?mail|message|meddelande|e-post|melding|meddelelse|nachricht|courriel|viesti|sähköposti",
    re.IGNORECASE,
)
MEANT_FOR = re.compile(
    r"intended|recipient|addressee|avsedd|mottagare|adressat|mottaker|beregnet|modtager|tiltænkt"
    r"|empfänger|bestimmt|destinataire|vastaanottaja|tarkoitettu",
    re.IGNORECASE,
)
