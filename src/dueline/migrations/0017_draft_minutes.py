"""The minutes of work that somebody states with a solution wait with its draft."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dueline", "0015_mailbox_alarms"),
        ("dueline", "0016_contact_changed"),
        ("dueline", "0016_shown_mail"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="minutes",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
