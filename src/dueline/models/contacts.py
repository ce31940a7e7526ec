"""The people at customer companies."""

from datetime import date

from django.db import models
from django.db.models.functions import Lower

from dueline.core.audience import Person
from dueline.core.entitlement import Listed
from dueline.models.accounts import Account
from dueline.models.agents import Agent
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
    super_from = models.DateField(null=True)  # the first day as one; null: from the beginning
    super_until = models.DateField(null=True)  # the last day as one; null: no end
    # The last day for which the company has confirmed that they work there; null: never had to.
    confirmed_until = models.DateField(null=True)
    left_at = models.DateTimeField(null=True)  # works there no more: sees nothing, opens nothing
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

    @property
    def listed(self) -> Listed:
        """How they stand on the list of their company."""
        return Listed(
            is_super_user=self.is_super_user,
            super_from=self.super_from,
            super_until=self.super_until,
            confirmed_until=self.confirmed_until,
            has_left=self.left_at is not None,
        )

    def as_person(self, *, on: date | None = None) -> Person:
        """on: the desk's day; without it, somebody who is a super-user by dates is none."""
        return Person(
            kind="contact",
            id=self.pk,
            name=self.name,
            email=self.email or "",
            zone=self.zone,
            language=self.language,
            organization_id=self.organization_id,
            is_super_user=self.listed.is_super_user_on(on),
            sees_company=self.sees_company and self.left_at is None,
        )


class ContactChange(models.Model):
    """One change of a company's list. Rows are only ever added (a trigger refuses updates).

    what: see `wording.contact_changes`. contact null: it concerns the whole list.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="contact_changes"
    )
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    by_contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    by_agent = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=20)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["organization", "-id"], name="contact_change_by_company")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(by_contact__isnull=True) ^ models.Q(by_agent__isnull=True),
                name="contact_change_has_one_author",
            )
        ]
