"""Drafts of policies, who published what, and the editions of the Support Guide."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "dueline_policyversion"


def let_it_be_remade(apps, schema_editor):
    """SQLite makes the table anew for a column that is not null, and its trigger goes with it."""
    on_table = f" ON {TABLE}" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_append_only{on_table}")


def protect_it_again(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION dueline_refuse_update()"
        )
    else:
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("dueline", "0010_calendar_drafts"),
    ]

    operations = [
        migrations.RunPython(let_it_be_remade, protect_it_again),
        migrations.AddField(
            model_name="policyversion",
            name="acknowledged",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="published_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dueline.agent",
            ),
        ),
        migrations.RunPython(protect_it_again, let_it_be_remade),
        migrations.CreateModel(
            name="PolicyDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.TextField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("acknowledged", models.JSONField(default=dict)),
                ("edited_at", models.DateTimeField()),
                (
                    "begun_from",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dueline.policyversion",
                    ),
                ),
                (
                    "edited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dueline.agent",
                    ),
                ),
                (
                    "policy",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="draft",
                        to="dueline.policy",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GuideEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("plan", models.CharField(blank=True, max_length=50)),
                ("language", models.CharField(max_length=10)),
                ("number", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                ("said", models.CharField(db_index=True, max_length=64)),
                ("sha256", models.CharField(max_length=64)),
                (
                    "calendar_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dueline.calendarversion",
                    ),
                ),
                (
                    "policy_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dueline.policyversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "language", "number"), name="guide_edition_number"
                    )
                ],
            },
        ),
    ]
