"""The people at customer companies: met, named, put where they belong."""

from datetime import datetime

from django.db import transaction

from dueline.models import Contact


def find_or_create(*, name: str, email: str, phone: str, at: datetime) -> Contact:
    """Return the contact with this address, new and without a company if nobody knew it.

    email: "" for somebody known by name or telephone only: always a new contact.
    phone: taken over where the desk had none; a known number is not changed by a stranger's word.
    """
    email = email.strip().lower()
    with transaction.atomic():
        if not email:
            return Contact.objects.create(name=name[:200], phone=phone[:40], created_at=at)
        contact, is_new = Contact.objects.get_or_create(
            email=email,
            defaults={"name": name[:200], "phone": phone[:40], "created_at": at},
        )
        if phone and not is_new and not contact.phone:
            contact.phone = phone[:40]
            contact.save(update_fields=["phone"])
    return contact
