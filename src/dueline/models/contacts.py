"""The people at customer companies."""

from django.db import models
from django.db.models.functions import Lower

from dueline.core.audience import Person
from dueline.models.accounts import Account
from dueline.models.organizations import Organization


class Contact(models.Model):
    """Somebody who asks for help.

    organization: null until an agent has said where an unknown sender belongs.
    sees_company: may see every case of the company, not only their own.
    """

    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="contacts"
    )
    account = models.OneToOneField(
        Account, null=True, on_delete=models.PROTECT, related_name="contact"
    )
    name = models.CharField(max_length=200)
    email = models.EmailField(null=True, unique=True)  # lower-case; null: known by telephone only
    phone = models.CharField(max_length=40, blank=True)  # E.164, or as it was written
    is_super_user = models.BooleanField(default=False)
    sees_company = models.BooleanField(default=False)
    # Told of promises that are long overdue, where the policy says so.
    is_escalation_contact = models.BooleanField(default=False)
    zone = models.CharField(max_length=64, blank=True)  # IANA; empty: the desk's
    language = models.CharField(max_length=10, blank=True)  # empty: the desk's, in mails
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["phone"], name="contact_by_phone")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email__isnull=True) | models.Q(email=Lower("email")),
                name="contact_email_is_lower",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def as_person(self) -> Person:
        return Person(
            kind="contact",
            id=self.pk,
            name=self.name,
            email=self.email or "",
            zone=self.zone,
            language=self.language,
            organization_id=self.organization_id,
            is_super_user=self.is_super_user,
            sees_company=self.sees_company,
        )
