"""What a mailbox had to leave on its server, and whether those who lead know that it fails."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dueline", "0015_storms"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailbox",
            name="left_behind",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="told_at",
            field=models.DateTimeField(null=True),
        ),
    ]
