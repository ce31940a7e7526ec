"""What a page shows first of a message with HTML, and which files nobody has scanned yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dueline", "0017_contact_changed"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="html_says_more",
            field=models.BooleanField(null=True),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                condition=models.Q(("scan", "none")), fields=["id"], name="files_to_scan"
            ),
        ),
    ]
