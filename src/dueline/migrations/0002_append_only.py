"""What has happened, and what was promised, cannot be changed afterwards: the database says no."""

from django.db import migrations

TABLES = ["dueline_event", "dueline_policyversion", "dueline_calendarversion"]


def add_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION dueline_refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            params=None,  # or the % would be taken for the place of a parameter
        )
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
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        on_table = f" ON {table}" if on_postgresql else ""
        schema_editor.execute(f"DROP TRIGGER {table}_append_only{on_table}")
    if on_postgresql:
        schema_editor.execute("DROP FUNCTION dueline_refuse_update()")


class Migration(migrations.Migration):
    dependencies = [("dueline", "0001_desk")]
    operations = [migrations.RunPython(add_triggers, drop_triggers)]
