"""Super-users by dates, lists that companies keep, budgets, held requests, installations."""

import django.db.models.deletion
from django.db import migrations, models


TABLES = ["dueline_contactchange", "dueline_debit"]


def add_triggers(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION dueline_refuse_update()"
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def drop_triggers(apps, schema_editor):
    for table in TABLES:
        on_table = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER {table}_append_only{on_table}")


class Migration(migrations.Migration):
    dependencies = [
        ("dueline", "0012_case_acts"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="confirmed_until",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="left_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="super_from",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="super_until",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="contract",
            name="end_told",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="contract",
            name="incidents",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="contract",
            name="incidents_told",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="contract",
            name="minutes",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="contract",
            name="minutes_told",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="contract",
            name="seats",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="organization",
            name="confirmation_asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="organization",
            name="confirmation_reminded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="organization",
            name="confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Debit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("incidents", models.PositiveIntegerField()),
                ("minutes", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debits",
                        to="dueline.case",
                    ),
                ),
                (
                    "closing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debit",
                        to="dueline.event",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debits",
                        to="dueline.contract",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HeldRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("why", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=200)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("channel", models.CharField(max_length=10)),
                ("subject", models.TextField()),
                ("text", models.TextField()),
                ("folded_from", models.PositiveIntegerField(null=True)),
                ("html", models.TextField(blank=True)),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("critical", "critical"),
                            ("high", "high"),
                            ("normal", "normal"),
                            ("low", "low"),
                        ],
                        max_length=8,
                    ),
                ),
                ("escalation_reason", models.TextField(blank=True)),
                ("call_back_phone", models.CharField(blank=True, max_length=40)),
                ("missing", models.JSONField(default=list)),
                ("is_verified", models.BooleanField()),
                ("by_machine", models.BooleanField(default=False)),
                ("arrived_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "Held"),
                            ("opened", "Opened"),
                            ("declined", "Declined"),
                            ("dismissed", "Dismissed"),
                        ],
                        default="held",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True)),
                (
                    "case",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_request",
                        to="dueline.case",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_requests",
                        to="dueline.contact",
                    ),
                ),
                (
                    "decided_by_agent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dueline.agent",
                    ),
                ),
                (
                    "decided_by_contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dueline.contact",
                    ),
                ),
                (
                    "inbox_item",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_request",
                        to="dueline.inboxitem",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_requests",
                        to="dueline.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HeldFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("media_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("content_id", models.CharField(blank=True, max_length=200)),
                ("is_inline", models.BooleanField(default=False)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="dueline.heldrequest",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="sentform",
            name="held",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="dueline.heldrequest"
            ),
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("product", models.CharField(max_length=100)),
                ("version", models.CharField(blank=True, max_length=60)),
                ("environment", models.CharField(blank=True, max_length=60)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="installations",
                        to="dueline.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["product", "environment", "version", "id"],
            },
        ),
        migrations.AddField(
            model_name="heldrequest",
            name="installation",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, to="dueline.installation"
            ),
        ),
        migrations.CreateModel(
            name="ContactChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("what", models.CharField(max_length=20)),
                ("facts", models.JSONField(default=dict)),
                (
                    "by_agent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dueline.agent",
                    ),
                ),
                (
                    "by_contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dueline.contact",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dueline.contact",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_changes",
                        to="dueline.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-id"], name="contact_change_by_company")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("by_contact__isnull", True),
                            ("by_agent__isnull", True),
                            _connector="XOR",
                        ),
                        name="contact_change_has_one_author",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="installation",
            constraint=models.UniqueConstraint(
                fields=("organization", "product", "version", "environment"),
                name="installation_once",
            ),
        ),
        migrations.AddIndex(
            model_name="heldrequest",
            index=models.Index(fields=["organization", "id"], name="held_by_company"),
        ),
        migrations.AddIndex(
            model_name="heldrequest",
            index=models.Index(
                condition=models.Q(("state", "held")), fields=["id"], name="held_requests_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="heldrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("state", "held")),
                    models.Q(
                        models.Q(("state", "held"), _negated=True), ("decided_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="held_until_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="heldrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "opened"), ("case__isnull", True), _connector="OR"),
                name="only_what_was_vouched_for_is_a_case",
            ),
        ),
        migrations.RunPython(add_triggers, drop_triggers),
    ]
