from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dueline", "0023_voicemail_senders"),
    ]

    operations = [
        migrations.AddField(
            model_name="desk",
            name="nights_told_on",
            field=models.DateField(null=True),
        ),
    ]
