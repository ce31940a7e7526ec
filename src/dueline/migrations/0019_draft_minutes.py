"""The minutes of work that somebody states with a solution wait with its draft."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dueline", "0018_shown_mail")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="minutes",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
