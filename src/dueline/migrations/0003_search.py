"""The full-text index: one table for what customers may read and one for what they may not.

They have no models: a virtual table on SQLite and a `tsvector` on PostgreSQL are nothing that
both could declare alike. `actions/search_index.py` writes them and `queries/search.py` reads them.
"""

from django.db import migrations

TABLES = ["dueline_publicterms", "dueline_internalterms"]


def add_tables(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE TABLE {table} "
                "(id bigint PRIMARY KEY, case_id bigint NOT NULL, terms tsvector NOT NULL)"
            )
            # New entries wait in a list that every search reads through: a short one.
            schema_editor.execute(
                f"CREATE INDEX {table}_terms ON {table} USING gin (terms) "
                "WITH (fastupdate = on, gin_pending_list_limit = 256)"
            )
        else:
            # The terms come cut and folded, so the plainest tokenizer serves: it leaves every
            # letter beyond ASCII alone and parts only at spaces. Nothing is ranked and no phrase
            # is searched, hence neither sizes nor positions.
            schema_editor.execute(
                f"CREATE VIRTUAL TABLE {table} USING fts5(case_id UNINDEXED, terms, "
                "tokenize = \"ascii tokenchars '_'\", detail = none, columnsize = 0)"
            )


def drop_tables(apps, schema_editor):
    for table in TABLES:
        schema_editor.execute(f"DROP TABLE {table}")


class Migration(migrations.Migration):
    dependencies = [("dueline", "0002_append_only")]
    operations = [migrations.RunPython(add_tables, drop_tables)]
