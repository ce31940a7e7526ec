from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dueline", "0024_nights_told")]

    operations = [
        migrations.AddField(
            "pagedestination", "may_stay_inside", models.BooleanField(default=True)
        ),
    ]
