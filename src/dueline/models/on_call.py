"""Who is on call: rotas of layers, and what stands above them."""

from django.db import models

from dueline.models.agents import Agent
from dueline.models.calendars import Calendar


class Rota(models.Model):
    """Layers of turns, of which the highest that has somebody at an instant counts."""

    name = models.CharField(max_length=100, unique=True)
    zone = models.CharField(max_length=64)  # IANA: in which its turns change hands
    feed_secret = models.CharField(max_length=64, unique=True)  # a part of its iCalendar address
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)  # grows with every change
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RotaLayer(models.Model):
    """Somebody after somebody: a turn each, on certain hours.

    A turn of days or weeks changes hands at `handover_at` on the wall of the rota's zone; a turn of
    hours is counted in real hours from the first one's beginning.
    """

    class Turn(models.TextChoices):
        HOURS = "hours"
        DAYS = "days"
        WEEKS = "weeks"
        SHIFTS = "shifts"  # no rule: `RotaShift` rows, as they were imported

    class Hours(models.TextChoices):
        """When the layer has anybody at all."""

        ALWAYS = "always"
        INSIDE = "inside"  # the openings of `calendar`
        OUTSIDE = "outside"  # all other time: nights, weekends, holidays
        WEEK = "week"  # the openings in `week`

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="layers")
    position = models.PositiveSmallIntegerField()  # 1 is the lowest
    name = models.CharField(max_length=100, blank=True)
    turn = models.CharField(max_length=6, choices=Turn, default=Turn.WEEKS)
    turn_length = models.PositiveSmallIntegerField(default=1)  # of that unit
    starts_on = models.DateField()  # the first turn begins
    ends_on = models.DateField(null=True)  # the last day on which a turn may begin; null: no end
    handover_at = models.TimeField()  # wall clock of the rota's zone
    hours = models.CharField(max_length=7, choices=Hours, default=Hours.ALWAYS)
    calendar = models.ForeignKey(Calendar, null=True, on_delete=models.PROTECT)  # null: the desk's
    week = models.JSONField(default=dict)  # {"monday": ["17:00-24:00", …], …}

    class Meta:
        ordering = ["rota", "position"]
        constraints = [models.UniqueConstraint(fields=["rota", "position"], name="rota_layer_once")]


class RotaMember(models.Model):
    """One place in the order of a layer's turns; somebody may have several."""

    layer = models.ForeignKey(RotaLayer, on_delete=models.CASCADE, related_name="members")
    position = models.PositiveSmallIntegerField()  # 1 has the first turn
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="rota_places")

    class Meta:
        ordering = ["layer", "position"]
        constraints = [
            models.UniqueConstraint(fields=["layer", "position"], name="rota_member_once")
        ]


class RotaShift(models.Model):
    """One shift of a layer that was imported. agent null: a name that nobody here bears."""

    layer = models.ForeignKey(RotaLayer, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    agent = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    uid = models.CharField(max_length=255, blank=True)  # of the event in the file
    said = models.CharField(max_length=200, blank=True)  # whom the file names

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["layer", "starts_at"], name="rota_shift_by_start")]


class RotaOverride(models.Model):
    """Somebody else for a while. Of two that overlap, the one that was made later counts.

    replaces: it holds only where that person would be on; null: whoever would be.
    agent null: nobody is on. swap: the two overrides of one swap bear the same word.
    """

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="overrides")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    agent = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    replaces = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    swap = models.CharField(max_length=16, blank=True)
    made_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["rota", "ends_at"], name="rota_override_by_end")]
