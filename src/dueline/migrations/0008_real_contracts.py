"""Real contracts: versions that hold from a date, merged cases, known problems, watchers."""

import django.db.models.deletion
from django.db import migrations, models


VERSIONS = ["dueline_policyversion", "dueline_calendarversion"]


def let_them_be_written(apps, schema_editor):
    """Take the triggers off for as long as the new column is filled."""
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for table in VERSIONS:
        on_table = f" ON {table}" if on_postgresql else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only{on_table}")


def they_held_from_their_publication(apps, schema_editor):
    for model in ("PolicyVersion", "CalendarVersion"):
        apps.get_model("dueline", model).objects.update(holds_from=models.F("published_at"))


def protect_them_again(apps, schema_editor):
    for table in VERSIONS:
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


class Migration(migrations.Migration):
    dependencies = [
        ("dueline", "0007_waiting_cases"),
    ]

    operations = [
        migrations.RunPython(let_them_be_written, protect_them_again),
        migrations.AddField(
            model_name="policyversion",
            name="holds_from",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="calendarversion",
            name="holds_from",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(they_held_from_their_publication, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="policyversion",
            name="holds_from",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="calendarversion",
            name="holds_from",
            field=models.DateTimeField(),
        ),
        migrations.RunPython(protect_them_again, let_them_be_written),
        migrations.CreateModel(
            name="Problem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
                ("solved_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Watcher",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("added_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="case_is_open_until_it_ends",
        ),
        migrations.AddField(
            model_name="agent",
            name="is_manager",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="agent",
            name="language",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name="case",
            name="environment",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="case",
            name="is_enhancement",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="case",
            name="merged_into",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="dueline.case",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="product",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="case",
            name="product_version",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="contact",
            name="is_escalation_contact",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="contact",
            name="language",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AlterField(
            model_name="case",
            name="state",
            field=models.CharField(
                choices=[
                    ("new", "new"),
                    ("responded", "responded"),
                    ("active", "active"),
                    ("waiting", "waiting"),
                    ("third_party", "third_party"),
                    ("resolved", "resolved"),
                    ("closed", "closed"),
                    ("merged", "merged"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="commitment",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "waiting"),
                    ("running", "running"),
                    ("paused", "paused"),
                    ("met", "met"),
                    ("extended", "extended"),
                    ("missed", "missed"),
                    ("withdrawn", "withdrawn"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="commitment",
            name="kind",
            field=models.CharField(
                choices=[
                    ("response", "response"),
                    ("activation", "activation"),
                    ("feedback", "feedback"),
                    ("callback", "callback"),
                    ("assistance", "assistance"),
                    ("resolution", "resolution"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "opened"),
                    ("acknowledged", "acknowledged"),
                    ("message_received", "message_received"),
                    ("reply_sent", "reply_sent"),
                    ("call_logged", "call_logged"),
                    ("call_back_asked", "call_back_asked"),
                    ("note_added", "note_added"),
                    ("owned", "owned"),
                    ("activated", "activated"),
                    ("stage_changed", "stage_changed"),
                    ("information_asked", "information_asked"),
                    ("third_party_awaited", "third_party_awaited"),
                    ("wait_ended", "wait_ended"),
                    ("assistance_asked", "assistance_asked"),
                    ("assistance_answered", "assistance_answered"),
                    ("assistance_taken_back", "assistance_taken_back"),
                    ("priority_changed", "priority_changed"),
                    ("escalated", "escalated"),
                    ("extended", "extended"),
                    ("rebased", "rebased"),
                    ("resolved", "resolved"),
                    ("reopened", "reopened"),
                    ("closed", "closed"),
                    ("bounced", "bounced"),
                    ("merged", "merged"),
                    ("merged_into", "merged_into"),
                    ("unmerged", "unmerged"),
                    ("split_off", "split_off"),
                    ("problem_linked", "problem_linked"),
                    ("problem_unlinked", "problem_unlinked"),
                    ("enhancement_marked", "enhancement_marked"),
                    ("installation_set", "installation_set"),
                    ("watcher_added", "watcher_added"),
                    ("watcher_removed", "watcher_removed"),
                    ("vouched", "vouched"),
                    ("reminded", "reminded"),
                    ("noticed", "noticed"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddField(
            model_name="problem",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dueline.agent"
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="problem",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="dueline.problem",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", True),
                        ("resolved_at__isnull", True),
                        models.Q(("state__in", ["resolved", "closed", "merged"]), _negated=True),
                    ),
                    models.Q(
                        models.Q(
                            ("closed_at__isnull", True),
                            ("resolved_at__isnull", True),
                            _negated=True,
                        ),
                        ("state__in", ["resolved", "closed", "merged"]),
                    ),
                    _connector="OR",
                ),
                name="case_is_open_until_it_ends",
            ),
        ),
        migrations.AddField(
            model_name="watcher",
            name="agent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="watched",
                to="dueline.agent",
            ),
        ),
        migrations.AddField(
            model_name="watcher",
            name="by_merge",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="dueline.case",
            ),
        ),
        migrations.AddField(
            model_name="watcher",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="watchers",
                to="dueline.case",
            ),
        ),
        migrations.AddField(
            model_name="watcher",
            name="contact",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="watched",
                to="dueline.contact",
            ),
        ),
        migrations.AddConstraint(
            model_name="watcher",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("contact__isnull", True), ("agent__isnull", True), _connector="XOR"
                ),
                name="watcher_is_one_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="watcher",
            constraint=models.UniqueConstraint(
                fields=("case", "contact"), name="contact_watches_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="watcher",
            constraint=models.UniqueConstraint(fields=("case", "agent"), name="agent_watches_once"),
        ),
    ]
