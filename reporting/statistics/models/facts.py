"""What tenants pushed: signed batches, the figures in them, who stands behind a price, and what waits for a look."""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.models import Shared
from reporting.statistics.models.signing import SigningKey
from tenants.models import Organisation, Tenant, Territory

# The code of the figure over all services, beside the figures of each.
ALL_SERVICES = "*"


class PeriodKind(models.TextChoices):
    """A period of figures; it is known by its kind and its first day."""

    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")


_KINDS = Q(kind__in=["month", "quarter"])
_FIRST_DAY = Q(kind="month", period__day=1) | Q(
    kind="quarter", period__day=1, period__month__in=[1, 4, 7, 10]
)
# PostgreSQL's NaN is greater than every number, so the upper bound keeps it out as well.
_LIMIT = 10**13


def _is_amount(field: str) -> Q:
    return Q(**{f"{field}__gte": 0, f"{field}__lt": _LIMIT})


class FactsBatch(Shared):
    """One push of a tenant's period: versioned, signed, never changed; a correction is a new version.

    `document` is the canonical JSON that was signed, with its SHA-256 and the one of the version before it.
    `contracts_accepted` of `contracts_total` says how complete a month was; a quarter has none. `territory` is where
    the tenant lay in the period.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="facts_batches")
    kind = models.CharField(max_length=7, choices=PeriodKind.choices)
    period = models.DateField()
    version = models.PositiveIntegerField()
    edition = models.PositiveSmallIntegerField()
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    voivodeship = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    contracts_accepted = models.PositiveIntegerField(default=0)
    contracts_total = models.PositiveIntegerField(default=0)
    pushed_at = models.DateTimeField(default=timezone.now)
    pushed_by = models.UUIDField(null=True)
    pushed_by_name = models.CharField(max_length=150, blank=True)
    document = models.TextField()
    content_sha256 = models.CharField(max_length=64)
    previous_sha256 = models.CharField(max_length=64, blank=True)
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    signature = models.CharField(max_length=128)

    class Meta:
        ordering = ["-period", "kind", "-version"]
        # A region's page asks who of a voivodeship told of a month.
        indexes = [models.Index(fields=["voivodeship", "kind", "period"], name="facts_batch_of_voivodeship")]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "period", "version"], name="facts_batch_once"),
            models.CheckConstraint(condition=_KINDS & _FIRST_DAY, name="facts_batch_period"),
            models.CheckConstraint(
                condition=Q(contracts_accepted__lte=F("contracts_total")),
                name="facts_batch_accepted_of_total",
            ),
            models.CheckConstraint(
                condition=Q(version=1, previous_sha256="") | (Q(version__gt=1) & ~Q(previous_sha256="")),
                name="facts_batch_follows_another",
            ),
        ]


class FactQuerySet(models.QuerySet["Fact"]):
    def current(self) -> Self:
        """The figures of the newest version of each tenant and period."""
        return self.filter(current=True)

    def totals(self) -> Self:
        """Figures over all services and categories, in which a person with several services counts once."""
        return self.current().filter(service=ALL_SERVICES, category="")

    def care_of_month(self) -> Self:
        """The three figures of a care month: persons, minutes granted and delivered, over all services."""
        return self.totals().filter(kind=PeriodKind.MONTH, indicator__in=_CARE)

    def by_voivodeship_and_month(self, first: date, last: date) -> Any:
        """Sums of the whole country: a row for each voivodeship and month of first..last (first days of months)."""
        return (
            self.care_of_month()
            .filter(period__gte=first, period__lte=last)
            .values("voivodeship_id", month=F("period"))
            .annotate(**_care_sums())
            .order_by("voivodeship_id", "month")
        )

    def by_tenant(self, voivodeship: str, month: date) -> Any:
        """One month of one voivodeship: a row for each tenant that pushed, whatever its state is now."""
        return (
            self.care_of_month()
            .filter(voivodeship_id=voivodeship, period=month)
            .values(
                "tenant_id",
                "tenant__name",
                accepted=F("batch__contracts_accepted"),
                contracts=F("batch__contracts_total"),
            )
            .annotate(**_care_sums())
            .order_by("tenant__name")
        )


_CARE = ("care_persons", "care_hours_granted", "care_hours_delivered")


def _care_sums() -> dict[str, Sum]:
    names = ("persons_sum", "granted_sum", "delivered_sum")
    return {
        name: Sum("numerator", filter=Q(indicator=code), default=0)
        for name, code in zip(names, _CARE, strict=True)
    }


class Fact(Shared):
    """One figure of a tenant: an indicator in a version, for a period, a service (or all) and a category (or none).

    `persons` is how many stand behind it, null where the indicator stands on no persons; `denominator` is null where
    the figure is a count. The units of both are the dictionary's.
    """

    batch = models.ForeignKey(FactsBatch, on_delete=models.PROTECT, related_name="facts")
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="facts", db_index=False)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+", db_index=False)
    voivodeship = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=7, choices=PeriodKind.choices)
    period = models.DateField()
    indicator = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    service = models.CharField(max_length=40, default=ALL_SERVICES)
    category = models.CharField(max_length=20, blank=True)
    numerator = models.DecimalField(max_digits=18, decimal_places=4)
    denominator = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    persons = models.PositiveIntegerField(null=True)
    current = models.BooleanField(default=True)

    objects: ClassVar[Any] = FactQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["kind", "period", "indicator", "voivodeship"],
                condition=Q(current=True),
                name="fact_period_indicator",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "period", "indicator", "service", "category"],
                condition=Q(current=True),
                name="fact_current_once",
            ),
            models.CheckConstraint(condition=_KINDS & _FIRST_DAY, name="fact_period"),
            models.CheckConstraint(
                condition=_is_amount("numerator") & (Q(denominator__isnull=True) | _is_amount("denominator")),
                name="fact_numbers",
            ),
        ]


class Contribution(Shared):
    """What one organisation stands for in a figure that would reveal a business: a part of its numerator (PLN).

    Read by the publication only, to see how many stand behind a figure and whether one of them is most of it.
    """

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="contributions")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    legal_form = models.CharField(max_length=12, choices=Organisation.LegalForm.choices)
    is_public = models.BooleanField(default=False)
    value = models.DecimalField(max_digits=18, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fact", "organisation"], name="contribution_once"),
            models.CheckConstraint(condition=_is_amount("value"), name="contribution_amount"),
        ]


class HeldFact(Shared):
    """A figure of a batch that is not published until the tenant has looked at it; its numbers stand in the document.

    `reason` says what is wrong with it. A later batch of the period supersedes it.
    """

    class Reason(models.TextChoices):
        NOT_A_NUMBER = "not_a_number", _("not a number")
        NEGATIVE = "negative", _("negative")
        TOO_MUCH = "too_much", _("more than is plausible")
        JUMP = "jump", _("far from the tenant's earlier figures")

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for the tenant")
        CONFIRMED = "confirmed", _("confirmed by the tenant")
        SUPERSEDED = "superseded", _("replaced by a later batch")
        GIVEN_UP = "given_up", _("given up: the tenant has left")

    batch = models.ForeignKey(FactsBatch, on_delete=models.PROTECT, related_name="held")
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="held_facts")
    indicator = models.CharField(max_length=40)
    service = models.CharField(max_length=40, default=ALL_SERVICES)
    category = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    bound = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_by_name = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["indicator", "service", "category"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "indicator", "service", "category"], name="held_fact_once"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["not_a_number", "negative", "too_much", "jump"]),
                name="held_fact_reason_known",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | Q(state__in=["superseded", "given_up"], decided_at__isnull=False)
                | (
                    Q(state="confirmed", decided_at__isnull=False, reason__in=["too_much", "jump"])
                    & ~Q(note="")
                ),
                name="held_fact_decided_with_reason",
                violation_error_message=_("A confirmation needs a reason."),
            ),
        ]

    @property
    def place(self) -> tuple[str, str, str]:
        """Which figure of its batch it is: indicator, service, category."""
        return self.indicator, self.service, self.category

    @property
    def is_confirmable(self) -> bool:
        """Whether it may be right after all: what is no number or negative never is."""
        return self.reason in (self.Reason.TOO_MUCH, self.Reason.JUMP)
