"""What acts on cases need: split messages, reminders, lists by product and of enhancements."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dueline", "0011_policy_drafts"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="silence_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="split_from",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="split_off",
                to="dueline.case",
            ),
        ),
        migrations.AlterField(
            model_name="outboxitem",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("acknowledgement", "Acknowledgement"),
                    ("reply", "Reply"),
                    ("letter", "Letter"),
                    ("notice", "Notice"),
                    ("sign_in", "Sign In"),
                    ("invite", "Invite"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["product", "-id"], name="case_by_product"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("silence_at__isnull", False)),
                fields=["silence_at"],
                name="case_silence_sweep",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("is_enhancement", True)),
                fields=["-id"],
                name="case_enhancements",
            ),
        ),
    ]
