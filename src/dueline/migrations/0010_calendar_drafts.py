"""Calendars are changed in a draft, and a version says who published it."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "dueline_calendarversion"


def let_it_be_altered(apps, schema_editor):
    """Take the trigger off: SQLite makes the table anew, and the trigger would be lost."""
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
        ("dueline", "0009_audit"),
    ]

    operations = [
        migrations.RunPython(let_it_be_altered, protect_it_again),
        migrations.AddField(
            model_name="calendarversion",
            name="published_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dueline.agent",
            ),
        ),
        migrations.RunPython(protect_it_again, let_it_be_altered),
        migrations.CreateModel(
            name="CalendarDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.TextField()),
                ("edited_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("discarded_at", models.DateTimeField(null=True)),
                (
                    "calendar",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="draft",
                        to="dueline.calendar",
                    ),
                ),
                (
                    "edited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dueline.agent",
                    ),
                ),
            ],
        ),
    ]
