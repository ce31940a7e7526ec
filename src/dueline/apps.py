from django.apps import AppConfig


class DuelineConfig(AppConfig):
    """The one Django app: every model, one migration history."""

    name = "dueline"
    default_auto_field = "django.db.models.BigAutoField"
