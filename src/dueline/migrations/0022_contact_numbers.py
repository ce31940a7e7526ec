"""Know every contact by the telephone number of their row, in the spelling that is compared."""

from typing import Any

from django.db import migrations

from dueline.core.phone import is_real, normal
from dueline.core.places import country_of_zone


def _keep(apps: Any, schema_editor: Any) -> None:
    contacts, numbers, desks = (
        apps.get_model("dueline", name) for name in ("Contact", "ContactNumber", "Desk")
    )
    zone = desks.objects.values_list("zone", flat=True).first() or ""
    region = country_of_zone(zone) or "SE"
    known = contacts.objects.exclude(phone="").values_list("pk", "phone")
    rows = ((pk, normal(phone, region)) for pk, phone in known.iterator())
    numbers.objects.bulk_create(
        [numbers(contact_id=pk, number=number) for pk, number in rows if is_real(number)],
        batch_size=500,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("dueline", "0021_telephone_and_night")]

    # Backwards the numbers may stay: nothing reads them there, and forwards they are not doubled.
    operations = [migrations.RunPython(_keep, migrations.RunPython.noop)]
