from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dueline", "0022_contact_numbers")]

    operations = [
        migrations.AddField(
            model_name="desk",
            name="voicemail_senders",
            field=models.JSONField(default=list),
        ),
    ]
