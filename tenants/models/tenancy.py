"""Shared tables of tenants: territories, tenants, how a schema is made, how a tenant is erased."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.models import Shared, SharedRegister
from tenants.rules.slugs import RESERVED_SLUGS, SLUG_PATTERN

# What the register calls the kinds of units that people are shown, said with a name.
KINDS_WITH_NAME = {
    "powiat": pgettext_lazy("territory", "%(name)s county"),
    "miasto na prawach powiatu": pgettext_lazy("territory", "%(name)s, city with county rights"),
    "miasto stołeczne, na prawach powiatu": pgettext_lazy("territory", "%(name)s, capital city"),
    "gmina miejska": pgettext_lazy("territory", "%(name)s urban commune"),
    "gmina miejska, miasto stołeczne": pgettext_lazy("territory", "%(name)s, capital city"),
    "gmina wiejska": pgettext_lazy("territory", "%(name)s rural commune"),
    "gmina miejsko-wiejska": pgettext_lazy("territory", "%(name)s urban and rural commune"),
}


class Territory(SharedRegister):
    """A unit of the TERC register: voivodeship (2 digits), county (4), commune or part of one (7)."""

    class Level(models.TextChoices):
        VOIVODESHIP = "voivodeship", _("voivodeship")
        COUNTY = "county", _("county")
        COMMUNE = "commune", _("commune")
        PART = "part", _("part of a commune")

    code = models.CharField(max_length=7, primary_key=True)
    level = models.CharField(max_length=12, choices=Level.choices)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    as_of = models.DateField()
    retired_on = models.DateField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^\d{2}(\d{2}(\d{3})?)?$"), name="territory_code_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name as people write it: the register has voivodeships in capitals, Polish writes them small."""
        return self.name.lower() if self.level == self.Level.VOIVODESHIP else self.name

    @property
    def full_name(self) -> str:
        """The name with what it is, in the reader's language: `powiat policki`, `policki county`."""
        known = KINDS_WITH_NAME.get(self.kind)
        return str(known) % {"name": self.display_name} if known else f"{self.kind} {self.display_name}"


class TenantQuerySet(models.QuerySet["Tenant"]):
    def active(self) -> "TenantQuerySet":
        """Tenants whose people may enter."""
        return self.filter(state=Tenant.State.ACTIVE)

    def present(self) -> "TenantQuerySet":
        """Tenants that have a schema and are to keep it."""
        return self.filter(state__in=[Tenant.State.ACTIVE, Tenant.State.SUSPENDED])


class Tenant(Shared):
    """A commune, county or city with its NGO partners; its rows live in the schema `schema_name`."""

    class Kind(models.TextChoices):
        COMMUNE = "commune", _("commune")
        COUNTY = "county", _("county")
        CITY = "city", _("city with county rights")

    class UnitType(models.TextChoices):
        OPS = "OPS", "OPS"
        GOPS = "GOPS", "GOPS"
        MOPS = "MOPS", "MOPS"
        MGOPS = "MGOPS", "MGOPS"
        MOPR = "MOPR", "MOPR"
        PCPR = "PCPR", "PCPR"
        CUS = "CUS", "CUS"

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("tenant", "active")
        SUSPENDED = "suspended", _("suspended")
        ERASING = "erasing", pgettext_lazy("tenant", "being erased")
        ERASED = "erased", pgettext_lazy("tenant", "erased")

    slug = models.CharField(
        _("address"),
        max_length=50,
        unique=True,
        validators=[
            RegexValidator(
                SLUG_PATTERN,
                _("Use 3 to 50 small letters without Polish marks, digits and hyphens; begin with a letter."),
            )
        ],
        help_text=_("Small letters, digits and hyphens; people will see it in every address."),
        error_messages={"unique": _("Another tenant has this address. Choose a different one.")},
    )
    schema_name = models.CharField(max_length=63, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, verbose_name=_("territory"), related_name="tenants"
    )
    voivodeship = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+", editable=False)
    unit_name = models.CharField(_("name of the social unit"), max_length=200)
    unit_type = models.CharField(_("type of the social unit"), max_length=8, choices=UnitType.choices)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE, editable=False)
    suspension_reason = models.CharField(
        _("reason of the suspension"), max_length=300, blank=True, editable=False
    )
    data_key = models.BinaryField(editable=False)
    # The day on which its erasure began; what it told until then stays in statistics.
    left_on = models.DateField(null=True, editable=False)
    migrated_to = models.CharField(max_length=64, blank=True, editable=False)
    # The kind of error of the newest try, "" where there was none: what the operator is told of it.
    migration_error = models.CharField(max_length=60, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    # Asked by django-tenants when a row is deleted: the schema is ours to drop (tenants.provisioning), never its.
    auto_drop_schema = False

    objects = TenantQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(slug__regex=SLUG_PATTERN), name="tenant_slug_form"),
            models.CheckConstraint(
                condition=~Q(slug__in=sorted(RESERVED_SLUGS)),
                name="tenant_slug_not_reserved",
                violation_error_message=_("This address is used by the platform itself. Choose another."),
            ),
            models.CheckConstraint(
                condition=Q(schema_name__regex=r"^t_[0-9a-z]{8,32}$"), name="tenant_schema_form"
            ),
            models.CheckConstraint(
                condition=Q(state="active", suspension_reason="")
                | (Q(state__in=["suspended", "erasing", "erased"]) & ~Q(suspension_reason="")),
                name="tenant_suspended_with_reason",
                violation_error_message=_("A suspension needs a reason."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["active", "suspended"], left_on__isnull=True)
                | Q(state__in=["erasing", "erased"], left_on__isnull=False),
                name="tenant_left_when_erased",
            ),
            models.CheckConstraint(
                condition=~Q(state="erased") | Q(data_key=b""), name="tenant_erased_without_key"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE

    def get_tenant_type(self) -> str:
        """What django-tenants asks of a tenant; we have one type only."""
        return "tenant"


class FormerKey(Shared):
    """A data key that a tenant had before, wrapped: kept until nothing is encrypted with it any more."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="former_keys")
    wrapped = models.BinaryField(editable=False)
    retired_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-retired_at"]


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def unfinished(self) -> "ErasureQuerySet":
        """Confirmed and not at their end, the oldest first."""
        waiting = self.exclude(step=Erasure.Step.ASKED).exclude(step=Erasure.Step.DONE, kept_outside=True)
        return waiting.order_by("confirmed_at")


class Erasure(Shared):
    """How far the erasure of a tenant has come: asked for by one operator, confirmed by another, then step by step.

    `facts` is what the certificate tells, `certificate` the signed document once nothing is left to erase.
    """

    class Step(models.TextChoices):
        ASKED = "asked", _("waits for a second operator")
        FILES = "files", _("files are being erased")
        TABLES = "tables", _("tables and keys are being erased")
        DONE = "done", _("erased, with a certificate")

    tenant = models.OneToOneField(Tenant, on_delete=models.PROTECT, related_name="erasure")
    step = models.CharField(max_length=6, choices=Step.choices, default=Step.ASKED)
    reason = models.CharField(_("reason"), max_length=300)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.UUIDField()
    asked_by_name = models.CharField(max_length=150)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    confirmed_by_name = models.CharField(max_length=150, blank=True)
    facts = models.JSONField(default=dict)
    certificate = models.TextField(blank=True)
    # Whether the certificate lies beside the checkpoints, outside the database.
    kept_outside = models.BooleanField(default=False)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(step__in=["asked", "files", "tables", "done"]), name="erasure_step_known"
            ),
            models.CheckConstraint(
                condition=Q(step="asked", confirmed_at__isnull=True, confirmed_by__isnull=True)
                | (~Q(step="asked") & Q(confirmed_at__isnull=False, confirmed_by__isnull=False)),
                name="erasure_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("asked_by")),
                name="erasure_by_two_people",
                violation_error_message=_("Another operator than the one who asked has to confirm."),
            ),
            models.CheckConstraint(
                condition=(Q(step="done") & ~Q(certificate="")) | (~Q(step="done") & Q(certificate="")),
                name="erasure_done_with_certificate",
            ),
        ]


class SchemaScript(Shared):
    """The statements that make a tenant's schema, captured once for all processes (decision 0002)."""

    fingerprint = models.CharField(max_length=64, unique=True)
    statements = models.JSONField()
    captured_at = models.DateTimeField(auto_now_add=True)
