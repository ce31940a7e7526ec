"""The companies that are supported."""

from django.db import models


class Organization(models.Model):
    name = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField()
    # The list of its people: when a super-user last confirmed it, and was asked to since then.
    confirmed_at = models.DateTimeField(null=True)
    confirmation_asked_at = models.DateTimeField(null=True)
    confirmation_reminded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Installation(models.Model):
    """What a company runs: where its cases come from."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="installations"
    )
    product = models.CharField(max_length=100)
    version = models.CharField(max_length=60, blank=True)
    environment = models.CharField(max_length=60, blank=True)  # "production", "test", …

    class Meta:
        ordering = ["product", "environment", "version", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "product", "version", "environment"],
                name="installation_once",
            )
        ]
