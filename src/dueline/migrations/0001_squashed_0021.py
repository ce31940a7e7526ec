"""The whole desk in one step, for a machine that has none yet.

An older desk goes the long way, step by step, and ends with the same tables:
`tests/queries/test_one_step.py` compares them.
"""

import datetime
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

# Rows of these are only ever added.
_APPEND_ONLY = (
    "dueline_event",
    "dueline_policyversion",
    "dueline_calendarversion",
    "dueline_auditentry",
    "dueline_contactchange",
    "dueline_debit",
)
_TERMS = ("dueline_publicterms", "dueline_internalterms")


class AllAtOnce(migrations.SeparateDatabaseAndState):
    """What there is, before any of it is made.

    With models already built, Django would build them all anew after each of these operations, and
    the first start of a desk would take ten seconds.
    """

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)


def make_tables(apps, schema_editor):
    for model in _tables(apps):
        schema_editor.create_model(model)


def drop_tables(apps, schema_editor):
    for model in reversed(_tables(apps)):
        schema_editor.delete_model(model)


def _tables(apps):
    return list(apps.get_app_config("dueline").get_models())


def add_what_models_cannot_say(apps, schema_editor):
    """Triggers that refuse updates, and the two full-text indexes."""
    if schema_editor.connection.vendor == "postgresql":
        _add_to_postgresql(schema_editor)
    else:
        _add_to_sqlite(schema_editor)


def _add_to_postgresql(schema_editor):
    schema_editor.execute(
        "CREATE FUNCTION dueline_refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
        params=None,  # or the % would be taken for the place of a parameter
    )
    for table in _APPEND_ONLY:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION dueline_refuse_update()"
        )
    for table in _TERMS:
        schema_editor.execute(
            f"CREATE TABLE {table} "
            "(id bigint PRIMARY KEY, case_id bigint NOT NULL, terms tsvector NOT NULL)"
        )
        schema_editor.execute(
            f"CREATE INDEX {table}_terms ON {table} USING gin (terms) "
            "WITH (fastupdate = on, gin_pending_list_limit = 256)"
        )


def _add_to_sqlite(schema_editor):
    for table in _APPEND_ONLY:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    for table in _TERMS:
        schema_editor.execute(
            f"CREATE VIRTUAL TABLE {table} USING fts5(case_id UNINDEXED, terms, "
            "tokenize = \"ascii tokenchars '_'\", detail = none, columnsize = 0)"
        )


def drop_what_models_cannot_say(apps, schema_editor):
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for table in _TERMS:
        schema_editor.execute(f"DROP TABLE {table}")
    for table in _APPEND_ONLY:
        on_table = f" ON {table}" if on_postgresql else ""
        schema_editor.execute(f"DROP TRIGGER {table}_append_only{on_table}")
    if on_postgresql:
        schema_editor.execute("DROP FUNCTION dueline_refuse_update()")


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("dueline", "0001_desk"),
        ("dueline", "0002_append_only"),
        ("dueline", "0003_search"),
        ("dueline", "0004_queue_indexes"),
        ("dueline", "0005_sent_form"),
        ("dueline", "0006_open_cases"),
        ("dueline", "0007_waiting_cases"),
        ("dueline", "0008_real_contracts"),
        ("dueline", "0009_audit"),
        ("dueline", "0010_calendar_drafts"),
        ("dueline", "0011_policy_drafts"),
        ("dueline", "0012_case_acts"),
        ("dueline", "0013_super_users"),
        ("dueline", "0014_mail"),
        ("dueline", "0015_storms"),
        ("dueline", "0016_mailbox_alarms"),
        ("dueline", "0017_contact_changed"),
        ("dueline", "0018_shown_mail"),
        ("dueline", "0019_draft_minutes"),
        ("dueline", "0020_cancelled_mail"),
        ("dueline", "0021_telephone_and_night"),
    ]
    dependencies = []

    operations = [
        AllAtOnce(
            state_operations=[
                migrations.CreateModel(
                    name="Calendar",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=200, unique=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="EmergencySheet",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("day", models.DateField(unique=True)),
                        ("made_at", models.DateTimeField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("open_critical", models.PositiveIntegerField()),
                        ("sent_to", models.JSONField(default=list)),
                    ],
                    options={
                        "ordering": ["-day"],
                    },
                ),
                migrations.CreateModel(
                    name="Heartbeat",
                    fields=[
                        (
                            "name",
                            models.CharField(max_length=20, primary_key=True, serialize=False),
                        ),
                        ("beat_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="InboxItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("sha256", models.CharField(max_length=64, unique=True)),
                        ("door", models.CharField(max_length=8)),
                        ("mail_from", models.TextField(blank=True)),
                        ("rcpt_to", models.JSONField(default=list)),
                        ("received_at", models.DateTimeField()),
                        ("times_received", models.PositiveIntegerField(default=1)),
                        ("peer", models.CharField(blank=True, max_length=45)),
                        ("helo", models.CharField(blank=True, max_length=255)),
                        ("rank", models.PositiveSmallIntegerField(default=0)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("received", "Received"),
                                    ("taken", "Taken"),
                                    ("recorded", "Recorded"),
                                    ("duplicate", "Duplicate"),
                                    ("held", "Held"),
                                ],
                                default="received",
                                max_length=10,
                            ),
                        ),
                        ("reason", models.TextField(blank=True)),
                        ("mail_id", models.TextField(blank=True)),
                        ("digest", models.CharField(blank=True, max_length=64)),
                        ("sender", models.TextField(blank=True)),
                        ("subject", models.TextField(blank=True)),
                        ("machine", models.CharField(blank=True, max_length=12)),
                        ("warnings", models.JSONField(default=list)),
                        ("trust", models.JSONField(default=dict)),
                        ("original_name", models.TextField(blank=True)),
                        ("original_address", models.TextField(blank=True)),
                        ("claim", models.PositiveIntegerField(default=0)),
                        ("claimed_until", models.DateTimeField(null=True)),
                        ("tries", models.PositiveIntegerField(default=0)),
                        ("next_try_at", models.DateTimeField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="Installation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("product", models.CharField(max_length=100)),
                        ("version", models.CharField(blank=True, max_length=60)),
                        ("environment", models.CharField(blank=True, max_length=60)),
                    ],
                    options={
                        "ordering": ["product", "environment", "version", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="Mailbox",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("address", models.EmailField(max_length=254, unique=True)),
                        ("name", models.CharField(blank=True, max_length=200)),
                        ("product", models.CharField(blank=True, max_length=100)),
                        ("language", models.CharField(blank=True, max_length=10)),
                        ("signature", models.TextField(blank=True)),
                        ("is_active", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField()),
                        ("imap_host", models.CharField(blank=True, max_length=200)),
                        ("imap_port", models.PositiveIntegerField(default=993)),
                        (
                            "imap_security",
                            models.CharField(
                                choices=[
                                    ("tls", "Tls"),
                                    ("starttls", "Starttls"),
                                    ("none", "None"),
                                ],
                                default="tls",
                                max_length=8,
                            ),
                        ),
                        ("imap_username", models.CharField(blank=True, max_length=254)),
                        (
                            "sign_in",
                            models.CharField(
                                choices=[
                                    ("password", "Password"),
                                    ("google", "Google"),
                                    ("microsoft", "Microsoft"),
                                ],
                                default="password",
                                max_length=10,
                            ),
                        ),
                        ("imap_password", models.CharField(blank=True, max_length=500)),
                        ("oauth_tenant", models.CharField(blank=True, max_length=100)),
                        ("oauth_client_id", models.CharField(blank=True, max_length=200)),
                        ("oauth_client_secret", models.CharField(blank=True, max_length=500)),
                        ("oauth_refresh_token", models.TextField(blank=True)),
                        ("folder", models.CharField(default="INBOX", max_length=200)),
                        (
                            "afterwards",
                            models.CharField(
                                choices=[("seen", "Seen"), ("move", "Move")],
                                default="seen",
                                max_length=4,
                            ),
                        ),
                        ("done_folder", models.CharField(blank=True, max_length=200)),
                        ("uid_validity", models.BigIntegerField(null=True)),
                        ("last_uid", models.BigIntegerField(default=0)),
                        ("left_behind", models.JSONField(default=dict)),
                        ("last_success_at", models.DateTimeField(null=True)),
                        ("failing_since", models.DateTimeField(null=True)),
                        ("last_error", models.TextField(blank=True)),
                        ("told_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["address"],
                    },
                ),
                migrations.CreateModel(
                    name="MailWebhook",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "provider",
                            models.CharField(
                                choices=[
                                    ("mailgun", "Mailgun"),
                                    ("postmark", "Postmark"),
                                    ("sendgrid", "Sendgrid"),
                                    ("mailjet", "Mailjet"),
                                    ("brevo", "Brevo"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("secret", models.CharField(max_length=64, unique=True)),
                        ("signing_key", models.CharField(blank=True, max_length=200)),
                        ("is_active", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField()),
                        ("last_success_at", models.DateTimeField(null=True)),
                        ("failing_since", models.DateTimeField(null=True)),
                        ("last_error", models.TextField(blank=True)),
                    ],
                    options={
                        "ordering": ["provider", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="Organization",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=200, unique=True)),
                        ("created_at", models.DateTimeField()),
                        ("confirmed_at", models.DateTimeField(null=True)),
                        ("confirmation_asked_at", models.DateTimeField(null=True)),
                        ("confirmation_reminded_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="PagingChain",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=100, unique=True)),
                        ("rounds", models.PositiveSmallIntegerField(default=3)),
                        ("outside_hours_only", models.BooleanField(default=False)),
                        ("is_active", models.BooleanField(default=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="PhoneWebhook",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "provider",
                            models.CharField(
                                choices=[
                                    ("generic", "Generic"),
                                    ("twilio", "Twilio"),
                                    ("zoom", "Zoom"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=100)),
                        ("secret", models.CharField(max_length=64, unique=True)),
                        ("signing_key", models.CharField(max_length=200)),
                        ("is_active", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField()),
                        ("last_success_at", models.DateTimeField(null=True)),
                        ("failing_since", models.DateTimeField(null=True)),
                        ("last_error", models.TextField(blank=True)),
                    ],
                    options={
                        "ordering": ["provider", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="Policy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=200, unique=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="Rota",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=100, unique=True)),
                        ("zone", models.CharField(max_length=64)),
                        ("feed_secret", models.CharField(max_length=64, unique=True)),
                        ("is_active", models.BooleanField(default=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="Account",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        ("email", models.EmailField(max_length=254, unique=True)),
                        ("is_active", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("email", django.db.models.functions.text.Lower("email"))
                                ),
                                name="account_email_is_lower",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Agent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        (
                            "tier",
                            models.PositiveSmallIntegerField(
                                choices=[(1, "One"), (2, "Two")], default=1
                            ),
                        ),
                        ("is_administrator", models.BooleanField(default=False)),
                        ("is_manager", models.BooleanField(default=False)),
                        ("language", models.CharField(blank=True, max_length=10)),
                        ("signature", models.TextField(blank=True)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("extension", models.CharField(blank=True, max_length=40)),
                        ("away_from", models.DateField(null=True)),
                        ("away_until", models.DateField(null=True)),
                        ("created_at", models.DateTimeField()),
                        (
                            "account",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="agent",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "deputy",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "working_hours",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="dueline.calendar",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="Alarm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("part", models.CharField(max_length=20)),
                        ("since", models.DateTimeField()),
                        ("noticed_at", models.DateTimeField()),
                        ("noticed_by", models.CharField(max_length=20)),
                        ("told_at", models.DateTimeField(null=True)),
                        ("said", models.TextField(blank=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("part",),
                                name="alarm_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attempt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("key", models.CharField(max_length=200)),
                        ("at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [models.Index(fields=["key", "at"], name="attempt_by_key")],
                    },
                ),
                migrations.CreateModel(
                    name="CalendarDraft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                migrations.CreateModel(
                    name="CalendarVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("source", models.TextField()),
                        ("published_at", models.DateTimeField()),
                        ("holds_from", models.DateTimeField()),
                        (
                            "calendar",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="dueline.calendar",
                            ),
                        ),
                        (
                            "published_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.agent",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Case",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("is_enhancement", models.BooleanField(default=False)),
                        ("product", models.CharField(blank=True, max_length=100)),
                        ("product_version", models.CharField(blank=True, max_length=60)),
                        ("environment", models.CharField(blank=True, max_length=60)),
                        ("subject", models.TextField()),
                        ("channel", models.CharField(max_length=10)),
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
                        (
                            "state",
                            models.CharField(
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
                        (
                            "stage",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("assess", "assess"),
                                    ("isolate", "isolate"),
                                    ("resolve", "resolve"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("plan", models.CharField(max_length=50)),
                        ("opened_at", models.DateTimeField()),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("changed_at", models.DateTimeField()),
                        ("waiting_since", models.DateTimeField(null=True)),
                        ("resolved_at", models.DateTimeField(null=True)),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("last_message_at", models.DateTimeField(null=True)),
                        ("last_message_by", models.CharField(blank=True, max_length=200)),
                        ("last_message_from", models.CharField(blank=True, max_length=8)),
                        ("next_due_at", models.DateTimeField(null=True)),
                        ("next_notice_at", models.DateTimeField(null=True)),
                        (
                            "queue_at",
                            models.DateTimeField(
                                default=datetime.datetime(
                                    9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc
                                )
                            ),
                        ),
                        ("silence_at", models.DateTimeField(null=True)),
                        (
                            "calendar_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                to="dueline.calendarversion",
                            ),
                        ),
                        (
                            "follows",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="dueline.case",
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged",
                                to="dueline.case",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cases",
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "split_from",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="split_off",
                                to="dueline.case",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Commitment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
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
                        ("ordinal", models.PositiveIntegerField()),
                        (
                            "state",
                            models.CharField(
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
                        ("target", models.CharField(max_length=60)),
                        ("started_at", models.DateTimeField(null=True)),
                        ("warn_at", models.DateTimeField(null=True)),
                        ("due_at", models.DateTimeField(null=True)),
                        ("met_at", models.DateTimeField(null=True)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("paused_since", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=40)),
                        ("skipped", models.JSONField(default=list)),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="commitments",
                                to="dueline.case",
                            ),
                        ),
                    ],
                ),
                migrations.AddField(
                    model_name="case",
                    name="nearest",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="dueline.commitment",
                    ),
                ),
                migrations.CreateModel(
                    name="Contact",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("email", models.EmailField(max_length=254, null=True, unique=True)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("is_super_user", models.BooleanField(default=False)),
                        ("super_from", models.DateField(null=True)),
                        ("super_until", models.DateField(null=True)),
                        ("confirmed_until", models.DateField(null=True)),
                        ("left_at", models.DateTimeField(null=True)),
                        ("sees_company", models.BooleanField(default=False)),
                        ("is_escalation_contact", models.BooleanField(default=False)),
                        ("zone", models.CharField(blank=True, max_length=64)),
                        ("language", models.CharField(blank=True, max_length=10)),
                        ("created_at", models.DateTimeField()),
                        (
                            "account",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contact",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contacts",
                                to="dueline.organization",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.AddField(
                    model_name="case",
                    name="contact",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="dueline.contact",
                    ),
                ),
                migrations.CreateModel(
                    name="AuditEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("what", models.CharField(max_length=24)),
                        ("about", models.CharField(max_length=200)),
                        ("facts", models.JSONField(default=dict)),
                        (
                            "agent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.agent",
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
                    ],
                ),
                migrations.CreateModel(
                    name="ContactNumber",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.CharField(max_length=20)),
                        (
                            "contact",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="numbers",
                                to="dueline.contact",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Contract",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("plan", models.CharField(max_length=50)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(null=True)),
                        ("seats", models.PositiveIntegerField(null=True)),
                        ("incidents", models.PositiveIntegerField(null=True)),
                        ("minutes", models.PositiveIntegerField(null=True)),
                        ("incidents_told", models.PositiveSmallIntegerField(default=0)),
                        ("minutes_told", models.PositiveSmallIntegerField(default=0)),
                        ("end_told", models.PositiveSmallIntegerField(null=True)),
                        ("created_at", models.DateTimeField()),
                        (
                            "calendar",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="dueline.calendar",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contracts",
                                to="dueline.organization",
                            ),
                        ),
                    ],
                ),
                migrations.AddField(
                    model_name="case",
                    name="contract",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="dueline.contract",
                    ),
                ),
                migrations.CreateModel(
                    name="Draft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "act",
                            models.CharField(
                                choices=[
                                    ("reply", "Reply"),
                                    ("ask", "Ask"),
                                    ("resolve", "Resolve"),
                                ],
                                default="reply",
                                max_length=8,
                            ),
                        ),
                        ("text", models.TextField(blank=True)),
                        ("cc", models.JSONField(default=list)),
                        ("minutes", models.PositiveIntegerField(null=True)),
                        ("case_version", models.PositiveIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("sends_at", models.DateTimeField(null=True)),
                        ("unless_customer_writes", models.BooleanField(default=False)),
                        ("stopped_because", models.TextField(blank=True)),
                        ("claim", models.PositiveIntegerField(default=0)),
                        (
                            "agent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="drafts",
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="drafts",
                                to="dueline.case",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="DraftFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("media_type", models.CharField(max_length=100)),
                        ("size", models.PositiveBigIntegerField()),
                        ("sha256", models.CharField(max_length=64)),
                        (
                            "draft",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="files",
                                to="dueline.draft",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
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
                                    ("assistance_taken", "assistance_taken"),
                                    ("assistance_asked_back", "assistance_asked_back"),
                                    ("assistance_added_to", "assistance_added_to"),
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
                                    ("contact_changed", "contact_changed"),
                                    ("watcher_added", "watcher_added"),
                                    ("watcher_removed", "watcher_removed"),
                                    ("vouched", "vouched"),
                                    ("reminded", "reminded"),
                                    ("paging_started", "paging_started"),
                                    ("paged", "paged"),
                                    ("page_failed", "page_failed"),
                                    ("page_acknowledged", "page_acknowledged"),
                                    ("paging_ended", "paging_ended"),
                                    ("noticed", "noticed"),
                                ],
                                max_length=24,
                            ),
                        ),
                        ("happened_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField()),
                        ("facts", models.JSONField(default=dict)),
                        (
                            "agent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="dueline.case",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="dueline.contact",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Debit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                            "contract",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="debits",
                                to="dueline.contract",
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
                    ],
                ),
                migrations.CreateModel(
                    name="HeldRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                    ],
                ),
                migrations.CreateModel(
                    name="HeldFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                migrations.CreateModel(
                    name="RawItem",
                    fields=[
                        (
                            "item",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="raw",
                                serialize=False,
                                to="dueline.inboxitem",
                            ),
                        ),
                        ("bytes", models.BinaryField()),
                    ],
                ),
                migrations.AddField(
                    model_name="inboxitem",
                    name="case",
                    field=models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="dueline.case"
                    ),
                ),
                migrations.AddField(
                    model_name="inboxitem",
                    name="released_by",
                    field=models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to="dueline.agent"
                    ),
                ),
                migrations.AddField(
                    model_name="heldrequest",
                    name="inbox_item",
                    field=models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_request",
                        to="dueline.inboxitem",
                    ),
                ),
                migrations.AddField(
                    model_name="heldrequest",
                    name="installation",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="dueline.installation",
                    ),
                ),
                migrations.AddField(
                    model_name="inboxitem",
                    name="mailbox",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="dueline.mailbox",
                    ),
                ),
                migrations.AddField(
                    model_name="case",
                    name="mailbox",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="dueline.mailbox",
                    ),
                ),
                migrations.CreateModel(
                    name="Message",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("channel", models.CharField(max_length=10)),
                        ("text", models.TextField()),
                        ("folded_from", models.PositiveIntegerField(null=True)),
                        ("html", models.TextField(blank=True)),
                        ("html_says_more", models.BooleanField(null=True)),
                        ("cc", models.JSONField(default=list)),
                        ("happened_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "agent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="messages",
                                to="dueline.case",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="dueline.contact",
                            ),
                        ),
                        (
                            "inbox_item",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="dueline.inboxitem",
                            ),
                        ),
                    ],
                ),
                migrations.AddField(
                    model_name="event",
                    name="message",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dueline.message",
                    ),
                ),
                migrations.CreateModel(
                    name="Note",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("text", models.TextField()),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "agent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="dueline.agent"
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="notes",
                                to="dueline.case",
                            ),
                        ),
                    ],
                ),
                migrations.AddField(
                    model_name="event",
                    name="note",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dueline.note",
                    ),
                ),
                migrations.AddField(
                    model_name="installation",
                    name="organization",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="installations",
                        to="dueline.organization",
                    ),
                ),
                migrations.AddField(
                    model_name="heldrequest",
                    name="organization",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_requests",
                        to="dueline.organization",
                    ),
                ),
                migrations.CreateModel(
                    name="ContactChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                ),
                migrations.AddField(
                    model_name="case",
                    name="organization",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="dueline.organization",
                    ),
                ),
                migrations.CreateModel(
                    name="OutboxItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("acknowledgement", "Acknowledgement"),
                                    ("reply", "Reply"),
                                    ("letter", "Letter"),
                                    ("notice", "Notice"),
                                    ("page", "Page"),
                                    ("sheet", "Sheet"),
                                    ("sign_in", "Sign In"),
                                    ("invite", "Invite"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("to_name", models.CharField(blank=True, max_length=200)),
                        ("to_address", models.EmailField(max_length=254)),
                        ("subject", models.TextField()),
                        ("text", models.TextField()),
                        ("html", models.TextField(blank=True)),
                        ("from_name", models.CharField(blank=True, max_length=200)),
                        ("from_address", models.EmailField(blank=True, max_length=254)),
                        ("shown_to", models.JSONField(default=list)),
                        ("shown_cc", models.JSONField(default=list)),
                        ("unsubscribe_url", models.CharField(blank=True, max_length=500)),
                        ("file_name", models.CharField(blank=True, max_length=200)),
                        ("file_sha256", models.CharField(blank=True, max_length=64)),
                        ("mail_id", models.CharField(max_length=200, unique=True)),
                        ("reply_to", models.CharField(blank=True, max_length=254)),
                        ("in_reply_to", models.TextField(blank=True)),
                        ("references", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("claimed", "Claimed"),
                                    ("transmitting", "Transmitting"),
                                    ("sent", "Sent"),
                                    ("failed", "Failed"),
                                    ("doubtful", "Doubtful"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="waiting",
                                max_length=12,
                            ),
                        ),
                        ("attempts", models.PositiveIntegerField(default=0)),
                        ("cut_off", models.PositiveIntegerField(default=0)),
                        ("next_try_at", models.DateTimeField()),
                        ("claim", models.PositiveIntegerField(default=0)),
                        ("claimed_until", models.DateTimeField(null=True)),
                        ("last_error", models.TextField(blank=True)),
                        ("sent_at", models.DateTimeField(null=True)),
                        (
                            "case",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="outbox",
                                to="dueline.case",
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="outbox",
                                to="dueline.message",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Page",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("step", models.PositiveSmallIntegerField()),
                        ("token", models.CharField(max_length=64, unique=True)),
                        ("code", models.CharField(max_length=8)),
                        ("created_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("claimed", "Claimed"),
                                    ("sent", "Sent"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="waiting",
                                max_length=9,
                            ),
                        ),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("next_try_at", models.DateTimeField()),
                        ("claim", models.PositiveIntegerField(default=0)),
                        ("claimed_until", models.DateTimeField(null=True)),
                        ("sent_at", models.DateTimeField(null=True)),
                        (
                            "agent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pages",
                                to="dueline.agent",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="PageDestination",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[("apprise", "Apprise"), ("mail", "Mail")],
                                default="apprise",
                                max_length=8,
                            ),
                        ),
                        ("label", models.CharField(max_length=100)),
                        ("address", models.TextField()),
                        ("is_active", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField()),
                        ("confirmed_at", models.DateTimeField(null=True)),
                        ("last_success_at", models.DateTimeField(null=True)),
                        ("failing_since", models.DateTimeField(null=True)),
                        ("last_error", models.TextField(blank=True)),
                        (
                            "agent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="destinations",
                                to="dueline.agent",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["agent", "position", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="PageAttempt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("label", models.CharField(max_length=100)),
                        ("began_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("begun", "Begun"),
                                    ("sent", "Sent"),
                                    ("failed", "Failed"),
                                ],
                                default="begun",
                                max_length=6,
                            ),
                        ),
                        ("said", models.TextField(blank=True)),
                        (
                            "page",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="dueline.page",
                            ),
                        ),
                        (
                            "destination",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to="dueline.pagedestination",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="Paging",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "why",
                            models.CharField(
                                choices=[
                                    ("critical", "Critical"),
                                    ("not_activated", "Not Activated"),
                                    ("reopened", "Reopened"),
                                    ("by_hand", "By Hand"),
                                    ("part", "Part"),
                                ],
                                max_length=14,
                            ),
                        ),
                        ("occasion", models.CharField(max_length=100)),
                        ("said", models.CharField(blank=True, max_length=200)),
                        ("chain_name", models.CharField(max_length=100)),
                        ("steps", models.JSONField()),
                        ("rounds", models.PositiveSmallIntegerField()),
                        ("started_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("running", "Running"),
                                    ("acknowledged", "Acknowledged"),
                                    ("ended", "Ended"),
                                    ("exhausted", "Exhausted"),
                                ],
                                default="running",
                                max_length=12,
                            ),
                        ),
                        ("steps_taken", models.PositiveSmallIntegerField(default=0)),
                        ("next_at", models.DateTimeField(null=True)),
                        ("acknowledged_at", models.DateTimeField(null=True)),
                        ("acknowledged_by_way", models.CharField(blank=True, max_length=8)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("ended_because", models.CharField(blank=True, max_length=40)),
                        (
                            "acknowledged_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pagings",
                                to="dueline.case",
                            ),
                        ),
                    ],
                ),
                migrations.AddField(
                    model_name="page",
                    name="paging",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pages",
                        to="dueline.paging",
                    ),
                ),
                migrations.CreateModel(
                    name="PhoneCall",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("call_id", models.CharField(max_length=200)),
                        (
                            "direction",
                            models.CharField(
                                choices=[("in", "In"), ("out", "Out")], default="in", max_length=3
                            ),
                        ),
                        ("from_number", models.CharField(blank=True, max_length=60)),
                        ("to_number", models.CharField(blank=True, max_length=60)),
                        ("caller_name", models.CharField(blank=True, max_length=200)),
                        ("extension", models.CharField(blank=True, max_length=40)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("ringing", "Ringing"),
                                    ("answered", "Answered"),
                                    ("ended", "Ended"),
                                    ("missed", "Missed"),
                                ],
                                default="ringing",
                                max_length=8,
                            ),
                        ),
                        ("rang_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("recording_url", models.CharField(blank=True, max_length=1000)),
                        ("set_aside_at", models.DateTimeField(null=True)),
                        ("changed_at", models.DateTimeField()),
                        (
                            "agent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="calls",
                                to="dueline.case",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="dueline.contact",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.event",
                            ),
                        ),
                        (
                            "webhook",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to="dueline.phonewebhook",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Desk",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("zone", models.CharField(max_length=64)),
                        ("language", models.CharField(default="en", max_length=10)),
                        ("mail_address", models.EmailField(max_length=254)),
                        ("phone_office", models.CharField(blank=True, max_length=40)),
                        ("phone_other", models.CharField(blank=True, max_length=40)),
                        ("public_url", models.CharField(max_length=200)),
                        ("smtp_host", models.CharField(blank=True, max_length=200)),
                        ("smtp_port", models.PositiveIntegerField(default=587)),
                        (
                            "smtp_security",
                            models.CharField(
                                choices=[
                                    ("none", "None"),
                                    ("starttls", "Starttls"),
                                    ("tls", "Tls"),
                                ],
                                default="starttls",
                                max_length=8,
                            ),
                        ),
                        ("smtp_username", models.CharField(blank=True, max_length=200)),
                        ("smtp_password", models.CharField(blank=True, max_length=200)),
                        ("trusted_authserv_id", models.CharField(blank=True, max_length=200)),
                        ("checks_senders", models.BooleanField(default=True)),
                        ("dkim_domain", models.CharField(blank=True, max_length=200)),
                        ("dkim_selector", models.CharField(blank=True, max_length=100)),
                        ("dkim_key", models.TextField(blank=True)),
                        ("undo_seconds", models.PositiveSmallIntegerField(default=20)),
                        ("outbox_held_at", models.DateTimeField(null=True)),
                        ("clamd_address", models.CharField(blank=True, max_length=200)),
                        ("dial_address", models.CharField(blank=True, max_length=200)),
                        ("keypad", models.JSONField(default=dict)),
                        ("speech_url", models.CharField(blank=True, max_length=200)),
                        ("speech_key", models.CharField(blank=True, max_length=200)),
                        ("speech_model", models.CharField(blank=True, max_length=100)),
                        ("ping_url", models.CharField(blank=True, max_length=500)),
                        ("sheet_at", models.TimeField(default=datetime.time(3, 30))),
                        ("sheet_to", models.JSONField(default=list)),
                        ("set_up_at", models.DateTimeField(null=True)),
                        (
                            "calendar",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="dueline.calendar"
                            ),
                        ),
                        (
                            "critical_chain",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.pagingchain",
                            ),
                        ),
                        (
                            "watch_chain",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.pagingchain",
                            ),
                        ),
                        (
                            "policy",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="dueline.policy"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="PolicyVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("source", models.TextField()),
                        ("published_at", models.DateTimeField()),
                        ("acknowledged", models.JSONField(default=dict)),
                        ("holds_from", models.DateTimeField()),
                        (
                            "policy",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="dueline.policy",
                            ),
                        ),
                        (
                            "published_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.agent",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="PolicyDraft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("source", models.TextField()),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("acknowledged", models.JSONField(default=dict)),
                        ("edited_at", models.DateTimeField()),
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
                        (
                            "begun_from",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.policyversion",
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
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                ),
                migrations.AddField(
                    model_name="case",
                    name="policy_version",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="dueline.policyversion"
                    ),
                ),
                migrations.CreateModel(
                    name="Problem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("text", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField()),
                        ("solved_at", models.DateTimeField(null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.agent",
                            ),
                        ),
                    ],
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
                migrations.CreateModel(
                    name="Question",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("text", models.TextField()),
                        ("tried", models.TextField(blank=True)),
                        ("taken_at", models.DateTimeField(null=True)),
                        ("asked_back_at", models.DateTimeField(null=True)),
                        ("checklist", models.JSONField(default=list)),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("answer", models.TextField(blank=True)),
                        ("taken_back_at", models.DateTimeField(null=True)),
                        (
                            "answered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="questions",
                                to="dueline.case",
                            ),
                        ),
                        (
                            "taken_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.agent",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="QuestionEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("asked_back", "Asked Back"),
                                    ("added", "Added"),
                                    ("answer", "Answer"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("text", models.TextField()),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "agent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "question",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="dueline.question",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="Attachment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("media_type", models.CharField(max_length=100)),
                        ("size", models.PositiveBigIntegerField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("content_id", models.CharField(blank=True, max_length=200)),
                        ("is_inline", models.BooleanField(default=False)),
                        (
                            "scan",
                            models.CharField(
                                choices=[
                                    ("none", "None"),
                                    ("clean", "Clean"),
                                    ("found", "Found"),
                                    ("failed", "Failed"),
                                ],
                                default="none",
                                max_length=8,
                            ),
                        ),
                        ("scan_said", models.CharField(blank=True, max_length=200)),
                        (
                            "message",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="dueline.message",
                            ),
                        ),
                        (
                            "note",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="dueline.note",
                            ),
                        ),
                        (
                            "question",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="dueline.question",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="dueline.questionentry",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ReplyTemplate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=100)),
                        ("language", models.CharField(blank=True, max_length=10)),
                        ("text", models.TextField()),
                        ("is_active", models.BooleanField(default=True)),
                        ("changed_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["name", "language"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("name", "language"), name="template_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PagingStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "whom",
                            models.CharField(
                                choices=[
                                    ("rota", "Rota"),
                                    ("agent", "Agent"),
                                    ("everyone", "Everyone"),
                                    ("managers", "Managers"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("wait_minutes", models.PositiveSmallIntegerField(default=5)),
                        (
                            "agent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "chain",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="steps",
                                to="dueline.pagingchain",
                            ),
                        ),
                        (
                            "rota",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="dueline.rota",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["chain", "position"],
                    },
                ),
                migrations.CreateModel(
                    name="RotaLayer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("name", models.CharField(blank=True, max_length=100)),
                        (
                            "turn",
                            models.CharField(
                                choices=[
                                    ("hours", "Hours"),
                                    ("days", "Days"),
                                    ("weeks", "Weeks"),
                                    ("shifts", "Shifts"),
                                ],
                                default="weeks",
                                max_length=6,
                            ),
                        ),
                        ("turn_length", models.PositiveSmallIntegerField(default=1)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(null=True)),
                        ("handover_at", models.TimeField()),
                        (
                            "hours",
                            models.CharField(
                                choices=[
                                    ("always", "Always"),
                                    ("inside", "Inside"),
                                    ("outside", "Outside"),
                                    ("week", "Week"),
                                ],
                                default="always",
                                max_length=7,
                            ),
                        ),
                        ("week", models.JSONField(default=dict)),
                        (
                            "calendar",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="dueline.calendar",
                            ),
                        ),
                        (
                            "rota",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="layers",
                                to="dueline.rota",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["rota", "position"],
                    },
                ),
                migrations.CreateModel(
                    name="RotaMember",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "agent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rota_places",
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "layer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="members",
                                to="dueline.rotalayer",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["layer", "position"],
                    },
                ),
                migrations.CreateModel(
                    name="RotaOverride",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        ("swap", models.CharField(blank=True, max_length=16)),
                        ("made_at", models.DateTimeField()),
                        ("taken_back_at", models.DateTimeField(null=True)),
                        (
                            "agent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "replaces",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "rota",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="overrides",
                                to="dueline.rota",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["starts_at", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="RotaShift",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("uid", models.CharField(blank=True, max_length=255)),
                        ("said", models.CharField(blank=True, max_length=200)),
                        (
                            "agent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "layer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="shifts",
                                to="dueline.rotalayer",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["starts_at", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="SentForm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("key", models.CharField(max_length=64, unique=True)),
                        ("sent_at", models.DateTimeField()),
                        (
                            "case",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="dueline.case",
                            ),
                        ),
                        (
                            "held",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="dueline.heldrequest",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SignInLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("setup", "Setup"),
                                    ("invite", "Invite"),
                                    ("sign_in", "Sign In"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="TakenCallback",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("digest", models.CharField(max_length=64)),
                        ("taken_at", models.DateTimeField()),
                        (
                            "webhook",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="dueline.phonewebhook",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Voicemail",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("source", models.CharField(max_length=100)),
                        ("recording_id", models.CharField(max_length=200)),
                        ("from_number", models.CharField(blank=True, max_length=60)),
                        ("to_number", models.CharField(blank=True, max_length=60)),
                        ("caller_name", models.CharField(blank=True, max_length=200)),
                        ("hung_up_at", models.DateTimeField()),
                        ("hung_up_is_told", models.BooleanField(default=True)),
                        ("seconds", models.PositiveIntegerField(null=True)),
                        ("stated_priority", models.CharField(blank=True, max_length=8)),
                        ("stated_by", models.CharField(blank=True, max_length=10)),
                        ("keyed", models.CharField(blank=True, max_length=20)),
                        (
                            "audio",
                            models.CharField(
                                choices=[
                                    ("kept", "Kept"),
                                    ("waiting", "Waiting"),
                                    ("missing", "Missing"),
                                ],
                                default="kept",
                                max_length=7,
                            ),
                        ),
                        ("audio_url", models.CharField(blank=True, max_length=1000)),
                        ("audio_tries", models.PositiveSmallIntegerField(default=0)),
                        ("audio_next_at", models.DateTimeField(null=True)),
                        ("audio_error", models.TextField(blank=True)),
                        ("claim", models.PositiveIntegerField(default=0)),
                        ("claimed_until", models.DateTimeField(null=True)),
                        ("playable_sha256", models.CharField(blank=True, max_length=64)),
                        ("peaks", models.JSONField(default=list)),
                        ("transcript", models.TextField(blank=True)),
                        ("heard_at", models.DateTimeField(null=True)),
                        (
                            "attachment",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="voicemail",
                                to="dueline.attachment",
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="voicemails",
                                to="dueline.case",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.event",
                            ),
                        ),
                        (
                            "heard_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "item",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="voicemail",
                                to="dueline.inboxitem",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Watcher",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("added_at", models.DateTimeField()),
                        (
                            "agent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="watched",
                                to="dueline.agent",
                            ),
                        ),
                        (
                            "by_merge",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="dueline.case",
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="watchers",
                                to="dueline.case",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="watched",
                                to="dueline.contact",
                            ),
                        ),
                    ],
                ),
                migrations.AddConstraint(
                    model_name="calendarversion",
                    constraint=models.UniqueConstraint(
                        fields=("calendar", "number"), name="calendar_version_number"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="commitment",
                    constraint=models.UniqueConstraint(
                        fields=("case", "kind", "ordinal"), name="commitment_once"
                    ),
                ),
                migrations.AddIndex(
                    model_name="contactnumber",
                    index=models.Index(fields=["number"], name="contact_number"),
                ),
                migrations.AddConstraint(
                    model_name="contactnumber",
                    constraint=models.UniqueConstraint(
                        fields=("contact", "number"), name="contact_number_once"
                    ),
                ),
                migrations.AddIndex(
                    model_name="draft",
                    index=models.Index(
                        condition=models.Q(("sends_at__isnull", False)),
                        fields=["sends_at"],
                        name="drafts_to_send",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="draft",
                    constraint=models.UniqueConstraint(
                        fields=("case", "agent"), name="one_draft_each"
                    ),
                ),
                migrations.AddIndex(
                    model_name="inboxitem",
                    index=models.Index(
                        condition=models.Q(("state", "received")),
                        fields=["rank", "id"],
                        name="inbox_to_read",
                    ),
                ),
                migrations.AddIndex(
                    model_name="inboxitem",
                    index=models.Index(
                        condition=models.Q(("state", "held")), fields=["id"], name="inbox_held"
                    ),
                ),
                migrations.AddIndex(
                    model_name="inboxitem",
                    index=models.Index(fields=["mail_id"], name="inbox_by_mail_id"),
                ),
                migrations.AddIndex(
                    model_name="inboxitem",
                    index=models.Index(fields=["sender", "state"], name="inbox_by_sender"),
                ),
                migrations.AddIndex(
                    model_name="message",
                    index=models.Index(fields=["case", "id"], name="message_by_case"),
                ),
                migrations.AddIndex(
                    model_name="note",
                    index=models.Index(fields=["case", "id"], name="note_by_case"),
                ),
                migrations.AddIndex(
                    model_name="event",
                    index=models.Index(fields=["case", "id"], name="event_by_case"),
                ),
                migrations.AddConstraint(
                    model_name="event",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("agent__isnull", True), ("contact__isnull", True), _connector="OR"
                        ),
                        name="event_has_one_author",
                    ),
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
                        condition=models.Q(("state", "held")),
                        fields=["id"],
                        name="held_requests_waiting",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="heldrequest",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "held")),
                            models.Q(
                                models.Q(("state", "held"), _negated=True),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="held_until_decided",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="heldrequest",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("state", "opened"), ("case__isnull", True), _connector="OR"
                        ),
                        name="only_what_was_vouched_for_is_a_case",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="contract",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="contract_ends_after_it_starts",
                    ),
                ),
                migrations.AddIndex(
                    model_name="contactchange",
                    index=models.Index(
                        fields=["organization", "-id"], name="contact_change_by_company"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="contactchange",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("by_contact__isnull", True),
                            ("by_agent__isnull", True),
                            _connector="XOR",
                        ),
                        name="contact_change_has_one_author",
                    ),
                ),
                migrations.AddIndex(
                    model_name="contact",
                    index=models.Index(fields=["phone"], name="contact_by_phone"),
                ),
                migrations.AddConstraint(
                    model_name="contact",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("email__isnull", True),
                            ("email", django.db.models.functions.text.Lower("email")),
                            _connector="OR",
                        ),
                        name="contact_email_is_lower",
                    ),
                ),
                migrations.AddIndex(
                    model_name="outboxitem",
                    index=models.Index(
                        fields=["state", "next_try_at", "id"], name="outbox_by_state"
                    ),
                ),
                migrations.AddIndex(
                    model_name="outboxitem",
                    index=models.Index(fields=["case", "id"], name="outbox_by_case"),
                ),
                migrations.AddIndex(
                    model_name="paging",
                    index=models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at"],
                        name="paging_sweep",
                    ),
                ),
                migrations.AddIndex(
                    model_name="paging",
                    index=models.Index(fields=["case", "-id"], name="paging_by_case"),
                ),
                migrations.AddConstraint(
                    model_name="paging",
                    constraint=models.UniqueConstraint(
                        fields=("case", "occasion"), name="paging_once"
                    ),
                ),
                migrations.AddIndex(
                    model_name="page",
                    index=models.Index(fields=["state", "next_try_at", "id"], name="page_by_state"),
                ),
                migrations.AddIndex(
                    model_name="page",
                    index=models.Index(fields=["code"], name="page_by_code"),
                ),
                migrations.AddConstraint(
                    model_name="page",
                    constraint=models.UniqueConstraint(
                        fields=("paging", "step", "agent"), name="page_once"
                    ),
                ),
                migrations.AddIndex(
                    model_name="phonecall",
                    index=models.Index(fields=["state", "-id"], name="call_by_state"),
                ),
                migrations.AddIndex(
                    model_name="phonecall",
                    index=models.Index(fields=["-id"], name="call_by_id"),
                ),
                migrations.AddConstraint(
                    model_name="phonecall",
                    constraint=models.UniqueConstraint(
                        fields=("webhook", "call_id"), name="phone_call_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="desk",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="one_desk"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="policyversion",
                    constraint=models.UniqueConstraint(
                        fields=("policy", "number"), name="policy_version_number"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="guideedition",
                    constraint=models.UniqueConstraint(
                        fields=("plan", "language", "number"), name="guide_edition_number"
                    ),
                ),
                migrations.AddIndex(
                    model_name="case",
                    index=models.Index(
                        condition=models.Q(
                            ("closed_at__isnull", True), ("resolved_at__isnull", True)
                        ),
                        fields=["queue_at", "id"],
                        name="case_queue",
                    ),
                ),
                migrations.AddIndex(
                    model_name="case",
                    index=models.Index(
                        condition=models.Q(
                            ("closed_at__isnull", True), ("resolved_at__isnull", True)
                        ),
                        fields=["owner", "queue_at", "id"],
                        name="case_queue_of_owner",
                    ),
                ),
                migrations.AddIndex(
                    model_name="case",
                    index=models.Index(
                        condition=models.Q(("waiting_since__isnull", False)),
                        fields=["waiting_since", "id"],
                        name="case_queue_waiting",
                    ),
                ),
                migrations.AddIndex(
                    model_name="case",
                    index=models.Index(
                        condition=models.Q(("next_notice_at__isnull", False)),
                        fields=["next_notice_at"],
                        name="case_sweep",
                    ),
                ),
                migrations.AddIndex(
                    model_name="case",
                    index=models.Index(
                        condition=models.Q(
                            ("closed_at__isnull", True), ("resolved_at__isnull", True)
                        ),
                        fields=["organization", "-id"],
                        name="case_open_by_organization",
                    ),
                ),
                migrations.AddIndex(
                    model_name="case",
                    index=models.Index(fields=["organization", "-id"], name="case_by_organization"),
                ),
                migrations.AddIndex(
                    model_name="case",
                    index=models.Index(fields=["contact", "-id"], name="case_by_contact"),
                ),
                migrations.AddIndex(
                    model_name="case",
                    index=models.Index(fields=["changed_at", "id"], name="case_by_change"),
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
                migrations.AddConstraint(
                    model_name="case",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", True),
                                ("resolved_at__isnull", True),
                                models.Q(
                                    ("state__in", ["resolved", "closed", "merged"]), _negated=True
                                ),
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
                migrations.AddIndex(
                    model_name="question",
                    index=models.Index(fields=["case", "id"], name="question_by_case"),
                ),
                migrations.AddIndex(
                    model_name="attachment",
                    index=models.Index(
                        condition=models.Q(("scan", "none")), fields=["id"], name="files_to_scan"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="attachment",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("entry__isnull", True),
                                ("message__isnull", False),
                                ("note__isnull", True),
                                ("question__isnull", True),
                            ),
                            models.Q(
                                ("entry__isnull", True),
                                ("message__isnull", True),
                                ("note__isnull", False),
                                ("question__isnull", True),
                            ),
                            models.Q(
                                ("entry__isnull", True),
                                ("message__isnull", True),
                                ("note__isnull", True),
                                ("question__isnull", False),
                            ),
                            models.Q(
                                ("entry__isnull", False),
                                ("message__isnull", True),
                                ("note__isnull", True),
                                ("question__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="attachment_has_one_place",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="pagingstep",
                    constraint=models.UniqueConstraint(
                        fields=("chain", "position"), name="paging_step_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="rotalayer",
                    constraint=models.UniqueConstraint(
                        fields=("rota", "position"), name="rota_layer_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="rotamember",
                    constraint=models.UniqueConstraint(
                        fields=("layer", "position"), name="rota_member_once"
                    ),
                ),
                migrations.AddIndex(
                    model_name="rotaoverride",
                    index=models.Index(fields=["rota", "ends_at"], name="rota_override_by_end"),
                ),
                migrations.AddIndex(
                    model_name="rotashift",
                    index=models.Index(fields=["layer", "starts_at"], name="rota_shift_by_start"),
                ),
                migrations.AddConstraint(
                    model_name="takencallback",
                    constraint=models.UniqueConstraint(
                        fields=("webhook", "digest"), name="callback_taken_once"
                    ),
                ),
                migrations.AddIndex(
                    model_name="voicemail",
                    index=models.Index(
                        condition=models.Q(("audio_next_at__isnull", False)),
                        fields=["audio_next_at"],
                        name="voicemail_to_fetch",
                    ),
                ),
                migrations.AddIndex(
                    model_name="voicemail",
                    index=models.Index(fields=["case", "id"], name="voicemail_by_case"),
                ),
                migrations.AddConstraint(
                    model_name="voicemail",
                    constraint=models.UniqueConstraint(
                        fields=("source", "recording_id"), name="voicemail_once"
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
                    constraint=models.UniqueConstraint(
                        fields=("case", "agent"), name="agent_watches_once"
                    ),
                ),
            ]
        ),
        migrations.RunPython(make_tables, drop_tables),
        migrations.RunPython(add_what_models_cannot_say, drop_what_models_cannot_say),
    ]
