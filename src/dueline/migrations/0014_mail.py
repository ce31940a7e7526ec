"""Mailboxes, drafts, templates, and what is known of each mail in and out."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dueline", "0013_super_users"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[("reply", "Reply"), ("ask", "Ask"), ("resolve", "Resolve")],
                        default="reply",
                        max_length=8,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("cc", models.JSONField(default=list)),
                ("case_version", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("sends_at", models.DateTimeField(null=True)),
                ("unless_customer_writes", models.BooleanField(default=False)),
                ("stopped_because", models.TextField(blank=True)),
                ("claim", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="DraftFile",
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
            ],
        ),
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        choices=[("tls", "Tls"), ("starttls", "Starttls"), ("none", "None")],
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
                        choices=[("seen", "Seen"), ("move", "Move")], default="seen", max_length=4
                    ),
                ),
                ("done_folder", models.CharField(blank=True, max_length=200)),
                ("uid_validity", models.BigIntegerField(null=True)),
                ("last_uid", models.BigIntegerField(default=0)),
                ("last_success_at", models.DateTimeField(null=True)),
                ("failing_since", models.DateTimeField(null=True)),
                ("last_error", models.TextField(blank=True)),
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
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
            name="ReplyTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
            },
        ),
        migrations.RemoveIndex(
            model_name="inboxitem",
            name="inbox_to_read",
        ),
        migrations.AddField(
            model_name="agent",
            name="signature",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="attachment",
            name="scan",
            field=models.CharField(
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
        migrations.AddField(
            model_name="attachment",
            name="scan_said",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="desk",
            name="checks_senders",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="desk",
            name="clamd_address",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="desk",
            name="dkim_domain",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="desk",
            name="dkim_key",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="desk",
            name="dkim_selector",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="desk",
            name="outbox_held_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="desk",
            name="trusted_authserv_id",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="desk",
            name="undo_seconds",
            field=models.PositiveSmallIntegerField(default=20),
        ),
        migrations.AddField(
            model_name="inboxitem",
            name="helo",
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name="inboxitem",
            name="machine",
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name="inboxitem",
            name="original_address",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="inboxitem",
            name="original_name",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="inboxitem",
            name="peer",
            field=models.CharField(blank=True, max_length=45),
        ),
        migrations.AddField(
            model_name="inboxitem",
            name="rank",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="inboxitem",
            name="trust",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="inboxitem",
            name="warnings",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="message",
            name="cc",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="outboxitem",
            name="from_address",
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.AddField(
            model_name="outboxitem",
            name="from_name",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="outboxitem",
            name="html",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="outboxitem",
            name="shown_cc",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="outboxitem",
            name="shown_to",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="outboxitem",
            name="unsubscribe_url",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="draft",
            name="agent",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="drafts",
                to="dueline.agent",
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="drafts",
                to="dueline.case",
            ),
        ),
        migrations.AddField(
            model_name="draftfile",
            name="draft",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="files",
                to="dueline.draft",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="mailbox",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, to="dueline.mailbox"
            ),
        ),
        migrations.AddField(
            model_name="inboxitem",
            name="mailbox",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, to="dueline.mailbox"
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
        migrations.AddConstraint(
            model_name="replytemplate",
            constraint=models.UniqueConstraint(fields=("name", "language"), name="template_once"),
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
            constraint=models.UniqueConstraint(fields=("case", "agent"), name="one_draft_each"),
        ),
    ]
