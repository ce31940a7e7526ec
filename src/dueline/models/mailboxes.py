"""The addresses at which the desk takes mail, and how mail for each is fetched."""

from django.db import models


class Mailbox(models.Model):
    """One address for one product or team, with a sender, a signature and a language of its own.

    The desk's own address (`Desk.mail_address`) needs no row; where a row has the same address, it
    says how that mail is fetched. imap_host empty: nothing is fetched, the mail is brought to us
    (by SMTP, LMTP, the pipe or a webhook).
    """

    class Security(models.TextChoices):
        TLS = "tls"
        STARTTLS = "starttls"
        NONE = "none"

    class SignIn(models.TextChoices):
        PASSWORD = "password"  # noqa: S105 - the name of a way to sign in
        GOOGLE = "google"
        MICROSOFT = "microsoft"

    class Afterwards(models.TextChoices):
        """What becomes of a mail on the server once it is kept here."""

        SEEN = "seen"
        MOVE = "move"

    address = models.EmailField(unique=True)  # lower case
    name = models.CharField(max_length=200, blank=True)  # the sender's; empty: the desk's
    product = models.CharField(max_length=100, blank=True)  # what its cases are about
    language = models.CharField(max_length=10, blank=True)  # of strangers; empty: the desk's
    signature = models.TextField(blank=True)  # Markdown
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    imap_host = models.CharField(max_length=200, blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    imap_username = models.CharField(max_length=254, blank=True)
    sign_in = models.CharField(max_length=10, choices=SignIn, default=SignIn.PASSWORD)
    imap_password = models.CharField(max_length=500, blank=True)
    oauth_tenant = models.CharField(max_length=100, blank=True)  # Microsoft's; empty: "common"
    oauth_client_id = models.CharField(max_length=200, blank=True)
    oauth_client_secret = models.CharField(max_length=500, blank=True)
    oauth_refresh_token = models.TextField(blank=True)
    folder = models.CharField(max_length=200, default="INBOX")
    afterwards = models.CharField(max_length=4, choices=Afterwards, default=Afterwards.SEEN)
    done_folder = models.CharField(max_length=200, blank=True)

    # Up to where the folder has been read. UIDs count only under one UIDVALIDITY (RFC 9051, 2.3.1).
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    # Mails that could not be fetched and stay on the server: UID → since, why, is_told.
    left_behind = models.JSONField(default=dict)
    # How the door is: the last time that all went well, and what has not since when.
    last_success_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    told_at = models.DateTimeField(null=True)  # when those who lead heard that it fails

    class Meta:
        ordering = ["address"]

    def __str__(self) -> str:
        return self.address


class MailWebhook(models.Model):
    """A mail service that hands over mail by calling us. secret: a part of the address it calls."""

    class Provider(models.TextChoices):
        MAILGUN = "mailgun"
        POSTMARK = "postmark"
        SENDGRID = "sendgrid"
        MAILJET = "mailjet"
        BREVO = "brevo"

    provider = models.CharField(max_length=10, choices=Provider)
    secret = models.CharField(max_length=64, unique=True)
    signing_key = models.CharField(max_length=200, blank=True)  # where the service signs its calls
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    last_success_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["provider", "id"]
