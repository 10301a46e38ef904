"""What was released: a log of releases, who stands in them, and the cells that readers see."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.models import Shared
from reporting.statistics.models.facts import ALL_SERVICES, FactsBatch, PeriodKind
from tenants.models import Tenant

_KINDS = Q(kind__in=["month", "quarter"])


class Release(Shared):
    """One publication of a period: numbered, never changed; the log says what went out, when and by whom.

    `content_sha256` is that of all cells that readers see from then on, `previous_sha256` that of the release before.
    """

    class Trigger(models.TextChoices):
        PUSH = "push", _("figures that came")
        CLOCK = "clock", _("the day of release")
        COMMAND = "command", _("an operator's command")

    kind = models.CharField(max_length=7, choices=PeriodKind.choices)
    period = models.DateField()
    number = models.PositiveIntegerField()
    released_at = models.DateTimeField(default=timezone.now)
    trigger = models.CharField(max_length=7, choices=Trigger.choices)
    released_by = models.UUIDField(null=True)
    released_by_name = models.CharField(max_length=150, blank=True)
    joined = models.PositiveIntegerField()
    corrected = models.PositiveIntegerField()
    waiting = models.PositiveIntegerField()
    cells = models.PositiveIntegerField()
    hidden = models.PositiveIntegerField()
    content_sha256 = models.CharField(max_length=64)
    previous_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-period", "kind", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "period", "number"], name="release_once"),
            models.CheckConstraint(condition=_KINDS, name="release_kind_known"),
            models.CheckConstraint(
                condition=Q(trigger__in=["push", "clock", "command"]), name="release_trigger_known"
            ),
            models.CheckConstraint(
                condition=Q(hidden__lte=models.F("cells")), name="release_hidden_of_cells"
            ),
        ]


class Examination(Shared):
    """How much of a period was there when a publication last looked at it, whether or not anything could be released.

    Neither batches nor confirmations are ever taken back, so their numbers tell whether something came since.
    """

    kind = models.CharField(max_length=7, choices=PeriodKind.choices)
    period = models.DateField()
    batches = models.PositiveIntegerField()
    confirmed = models.PositiveIntegerField()
    examined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "period"], name="examination_once"),
            models.CheckConstraint(condition=_KINDS, name="examination_kind_known"),
        ]


class Standing(Shared):
    """Which batch of a tenant the released figures of a period hold; a later one that may not join yet waits.

    Facts after `last_fact` came into the batch later, when the tenant confirmed what was held, and are a correction.
    Those that corrections replaced stay, `current` no more: somebody kept what was shown of them.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="standings")
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=PeriodKind.choices)
    period = models.DateField()
    batch = models.ForeignKey(FactsBatch, on_delete=models.PROTECT, related_name="+")
    last_fact = models.UUIDField()
    current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "period", "tenant"], condition=Q(current=True), name="standing_once"
            ),
            models.CheckConstraint(condition=_KINDS, name="standing_kind_known"),
        ]


class CellQuerySet(models.QuerySet["ReleasedCell"]):
    def current(self) -> Self:
        """What readers see now."""
        return self.filter(current=True)

    def care(self) -> Self:
        """Care in months, all services together."""
        return self.current().filter(kind=PeriodKind.MONTH, population="care", part=ALL_SERVICES)


class ReleasedCell(Shared):
    """The figures of a place in a period, of one service or category or of all, that stand on one population.

    `figures` maps each indicator to [version, numerator, denominator], numbers as text, the denominator null where
    there is none; it is null where the cell is hidden. `shown_place` and `shown_part` name the nearest coarser
    cell that is shown. `place` is the code of a territory, "PL", or the id of a tenant.
    """

    class Level(models.TextChoices):
        COUNTRY = "country", _("country")
        VOIVODESHIP = "voivodeship", _("voivodeship")
        COUNTY = "county", _("county")
        TENANT = "tenant", _("tenant")

    class Hidden(models.TextChoices):
        # One reason for few persons and for what protects them: two would tell which cells are not small.
        PERSONS = "persons", _("few persons, or what would give them away")
        PROVIDERS = "providers", _("a provider's business, or what would give it away")

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="released_cells")
    kind = models.CharField(max_length=7, choices=PeriodKind.choices)
    period = models.DateField()
    population = models.CharField(max_length=60)
    part = models.CharField(max_length=40, default=ALL_SERVICES)
    level = models.CharField(max_length=11, choices=Level.choices)
    place = models.CharField(max_length=36)
    voivodeship = models.CharField(max_length=2, blank=True)
    county = models.CharField(max_length=4, blank=True)
    figures = models.JSONField(null=True)
    hidden = models.CharField(max_length=9, choices=Hidden.choices, blank=True)
    shown_place = models.CharField(max_length=36, blank=True)
    shown_part = models.CharField(max_length=40, blank=True)
    current = models.BooleanField(default=True)

    objects: ClassVar[Any] = CellQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["kind", "population", "part", "level", "voivodeship", "period"],
                condition=Q(current=True),
                name="released_cell_of_region",
            ),
            models.Index(
                fields=["place", "kind", "period"], condition=Q(current=True), name="released_cell_of_place"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "period", "population", "place", "part"],
                condition=Q(current=True),
                name="released_cell_once",
            ),
            models.CheckConstraint(condition=_KINDS, name="released_cell_kind_known"),
            models.CheckConstraint(
                condition=Q(level__in=["country", "voivodeship", "county", "tenant"]),
                name="released_cell_level_known",
            ),
            models.CheckConstraint(
                condition=Q(hidden="", figures__isnull=False)
                | Q(hidden__in=["persons", "providers"], figures__isnull=True),
                name="released_cell_shown_or_hidden",
            ),
        ]
