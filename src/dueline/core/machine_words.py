"""By which words machines are known, where a header does not say it."""

import re

# Headers with which programs mark what they answer by themselves.
ANSWERS_BY_ITSELF = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply-from",
    "x-mail-autoreply",
    "x-autoreply-domain",
    "x-autoreply-from",
    "x-vacation",
)

# English, Swedish, Norwegian, Danish, German, French, Finnish, Dutch, Spanish.
AUTOMATIC_SUBJECT = re.compile(
    r"\s*(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response)|auto:"
    r"|autoreply|out of (?:the )?office"
    r"|autosvar|automatiskt svar|frånvaro|frånvarande|ej på kontoret"
    r"|automatisk svar|fraværsmelding|fravær|ikke til stede"
    r"|automatische antwort|abwesenheit|autom\. antwort"
    r"|réponse automatique|absence du bureau|absent du bureau"
    r"|automaattinen vastaus|poissaolo|poissa toimistosta"
    r"|automatisch antwoord|afwezig|respuesta automática|fuera de la oficina)",
    re.IGNORECASE,
)

ACCEPTS = re.compile(
    r"accept|declin|tentativ|tackat (?:ja|nej)|tackar|godta|avsl[åa]|afvis|zugesagt|abgelehnt"
    r"|zusage|absage|refus|hyväksy|hylän",
    re.IGNORECASE,
)

SECURITY_SENDER = re.compile(
    r"^(?:account|accounts|security|secure|verify|verification|verifier|confirm|confirmation"
    r"|login|signin|sign-in|auth|otp|mfa|2fa|password|passwords|identity|id|bekrafta|bekreft)"
    r"(?:$|[._-])|[._-](?:verify|verification|security|otp|confirm)$"
)
# "Your verification code", "Din engångskod", "Bestätigungscode", "code de vérification" …
CODE = re.compile(
    r"(?:verification|security|one-?time|log-?in|sign-?in|authentication|confirmation"
    r"|activation|two-factor|2-step|2fa)[ -](?:code|passcode|password|pin|number)"
    r"|your (?:[\w.-]{1,30} ){0,3}(?:code|pin|passcode) is\b|use (?:this |the )?code\b"
    r"|is your (?:[\w.-]{1,30} ){0,3}(?:code|pin|passcode)\b"
    r"|(?:verifierings|bekräftelse|engångs|säkerhets|inloggnings|aktiverings)(?:kod|lösenord)"
    r"|din (?:[\w.-]{1,30} ){0,2}kod (?:är|er)\b"
    r"|(?:bekreftelses|engangs|sikkerhets|verifiserings|innloggings|bekræftelses|verifikations"
    r"|login)(?:kode|passord|adgangskode|kodeord)"
    r"|(?:bestätigungs|sicherheits|einmal|verifizierungs|anmelde|zugangs)-?(?:code|passwort|kennwort)"
    r"|code (?:de|d['’])\s?(?:vérification|sécurité|confirmation|connexion|accès|validation)"
    r"|(?:vahvistus|kertakäyttö|turva|kirjautumis)(?:koodi|tunnus)",
    re.IGNORECASE,
)
DIGITS = re.compile(r"(?<![\d-])(?:\d{4,8}|\d{3}[ -]\d{3}|[A-Z0-9]{3}-[A-Z0-9]{3})(?![\d-])")
# "Verify your address", "Reset your password", "Sign in to …".
PROOF = re.compile(
    r"(?:verify|confirm|validate) (?:your|this|the) (?:new )?"
    r"(?:e-?mail|account|address|identity|sign)"
    r"|reset (?:your|the) password|password reset|magic (?:link|sign)"
    r"|complete your (?:registration|sign)"
    r"|(?:click|use this link|button)[^\n]{0,40} to (?:sign|log) in\b|new sign-?in (?:to|from)"
    r"|bekräfta (?:din|ditt) (?:e-?post|mejl|mail|konto)|verifiera (?:din|ditt)"
    r"|återställ (?:ditt )?lösenord"
    r"|bekreft e-?post|bekreft (?:din|kontoen)|tilbakestill passord|bekræft (?:din|e-?mail)"
    r"|nulstil (?:din )?adgangskode"
    r"|bestätigen sie ihre|e-mail-adresse bestätigen|passwort zurücksetzen"
    r"|confirmez votre|vérifiez votre (?:adresse|compte)"
    r"|réinitialis\w{1,10} (?:de )?(?:votre )?mot de passe"
    r"|vahvista sähköposti|vahvista tilisi|nollaa salasana",
    re.IGNORECASE,
)

DMARC_SUBJECT = re.compile(r"\s*(?:\[[^\]]{0,60}\]\s*)?report domain:", re.IGNORECASE)
# receiver!domain!begin!end.xml.gz (RFC 7489, 7.2.1.1).
DMARC_FILE = re.compile(
    r"[^!]{1,190}![^!]{1,190}!\d{1,12}!\d{1,12}(?:![^!]{1,60})?\.(?:xml|xml\.gz|gz|zip)"
)
