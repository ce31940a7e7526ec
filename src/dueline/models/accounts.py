"""Who may sign in. An account belongs to one agent or to one contact, never to both."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(email=(username or "").strip().lower())


class Account(AbstractBaseUser):
    """A way to sign in. `email` is kept lower-case, so that look-alikes collide."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = AccountManager()

    USERNAME_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="account_email_is_lower"
            )
        ]


class SignInLink(models.Model):
    """A link that works once. Only the SHA-256 of its token is kept.

    purpose "setup": the first administrator; "invite": a new agent; "sign_in": a contact.
    """

    class Purpose(models.TextChoices):
        SETUP = "setup"
        INVITE = "invite"
        SIGN_IN = "sign_in"

    purpose = models.CharField(max_length=8, choices=Purpose)
    token_hash = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE)  # null: setup
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Attempt(models.Model):
    """One try at something rationed: a sign-in, a mailed link, an acknowledgement."""

    key = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="attempt_by_key")]
