"""What providers' own systems need: tokens, calls that are not done twice, subscriptions and their deliveries."""

from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import OrganisationScoped, to_organisation
from kernel.models import TenantManager, TenantOwned
from kernel.tenancy import require_tenant
from reporting.care.models import Decision
from tenants.models import Partnership


class Scope(models.TextChoices):
    """What a token opens."""

    VISITS_READ = "visits:read", _("read visits, decisions, workers and activities")
    VISITS_WRITE = "visits:write", _("send, correct and remove visits")
    ADVICE_READ = "advice:read", _("read appointments of advice")
    ADVICE_WRITE = "advice:write", _("send advice")
    MONTHS_READ = "months:read", _("read the state of months")


class Event(models.TextChoices):
    """What a webhook tells of."""

    MONTH_SUBMITTED = "month.submitted", _("a month was handed in")
    MONTH_RETURNED = "month.returned", _("a month was returned or opened again")
    MONTH_ACCEPTED = "month.accepted", _("a month was accepted")
    DECISION_CHANGED = "decision.changed", _("a decision was issued or changed")


class TokenQuerySet(OrganisationScoped):
    def live(self) -> Self:
        """Tokens that nobody has revoked and whose time has not run out."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())


class Token(TenantOwned):
    """The key of a provider's system: one organisation in one tenant. Only its digest is kept; `prefix` is shown."""

    organisation = to_organisation()
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=8, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("scopes"))
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.UUIDField(null=True)
    created_by_name = models.CharField(max_length=150, blank=True)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by_name = models.CharField(max_length=150, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(TokenQuerySet)()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__len__gt=0),
                name="token_with_scopes",
                violation_error_message=_("Choose at least one scope."),
            ),
            # A year and the day it is made on.
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at"))
                & Q(expires_at__lte=F("created_at") + Value(timedelta(days=367))),
                name="token_up_to_a_year",
                violation_error_message=_("A token holds for at most a year."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        """live, expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        return "live" if self.expires_at > timezone.now() else "expired"

    @property
    def last_day(self) -> date:
        """The last local day on which the token opens anything."""
        return timezone.localtime(self.expires_at - timedelta(microseconds=1)).date()

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes if scope in Scope.values]


class IdempotentCall(TenantOwned):
    """A call that carried an Idempotency-Key: what was asked, and once it is done the answer, to be given again.

    `begun_at` is when somebody began or took over; whoever finishes must have begun then.
    """

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("call", "running")
        DONE = "done", pgettext_lazy("call", "done")

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=7, choices=State.choices, default=State.RUNNING)
    begun_at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="idempotent_call_once"),
            models.CheckConstraint(
                condition=Q(state="running", status__isnull=True, answer__isnull=True)
                | Q(state="done", status__isnull=False, answer__isnull=False),
                name="idempotent_call_done_with_answer",
            ),
        ]


class DecisionChangeQuerySet(OrganisationScoped):
    organisation_path = "decision__contract__organisation_id"


class DecisionChange(TenantOwned):
    """When a decision was last issued or changed, for systems of providers that keep a copy."""

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = TenantManager.from_queryset(DecisionChangeQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["changed_at", "decision"], name="decision_change_when")]


class WebhookQuerySet(OrganisationScoped):
    def active(self) -> Self:
        """Subscriptions that are served: switched on, of organisations that work with the tenant now."""
        partners = Partnership.objects.current().filter(tenant_id=require_tenant().pk)
        return self.filter(state=Webhook.State.ACTIVE, organisation_id__in=partners.values("organisation_id"))

    def free(self) -> Self:
        """Active ones that neither rest after a failure nor are being served."""
        now = timezone.now()
        return self.active().filter(
            Q(paused_until__isnull=True) | Q(paused_until__lte=now),
            Q(busy_until__isnull=True) | Q(busy_until__lte=now),
        )


class Webhook(TenantOwned):
    """An address of a provider's system that is told of events. The secret that signs is kept encrypted.

    `failures` counts attempts that failed since the last success; `paused_until` spares an address that just failed;
    `busy_until` is how long the worker that serves it may take.
    """

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("webhook", "active")
        OFF = "off", pgettext_lazy("webhook", "switched off")

    organisation = to_organisation()
    url = models.URLField(_("address"), max_length=500)
    events = ArrayField(models.CharField(max_length=20, choices=Event.choices), verbose_name=_("events"))
    secret_encrypted = models.BinaryField(editable=False)
    state = models.CharField(max_length=6, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField(default=timezone.now)
    created_by_name = models.CharField(max_length=150, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)
    busy_until = models.DateTimeField(null=True)
    switched_off_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(WebhookQuerySet)()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["active", "off"]), name="webhook_state_known"),
            models.CheckConstraint(
                condition=Q(events__len__gt=0),
                name="webhook_with_events",
                violation_error_message=_("Choose at least one event."),
            ),
            models.CheckConstraint(
                condition=Q(state="active", switched_off_at__isnull=True)
                | Q(state="off", switched_off_at__isnull=False),
                name="webhook_off_when",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def event_labels(self) -> list[str]:
        return [str(Event(event).label) for event in self.events if event in Event.values]


class DeliveryQuerySet(OrganisationScoped):
    organisation_path = "webhook__organisation_id"

    def due(self) -> Self:
        """Deliveries whose turn has come."""
        return self.filter(state=Delivery.State.WAITING, next_at__lte=timezone.now())


class Delivery(TenantOwned):
    """One event for one subscription; its id goes along, so that the receiver can tell a repetition.

    `facts` holds ids and the month, never data of persons. `status` is the last answer, `problem` why there was none.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("delivery", "waiting")
        DELIVERED = "delivered", pgettext_lazy("delivery", "delivered")
        FAILED = "failed", pgettext_lazy("delivery", "given up")
        EXPIRED = "expired", pgettext_lazy("delivery", "never sent: its time is over")

    class Problem(models.TextChoices):
        REFUSED_ADDRESS = "refused_address", _("the name leads to an address that is not public")
        NO_SUCH_HOST = "no_such_host", _("the name of the server is not known")
        TIMEOUT = "timeout", _("no answer in time")
        TLS = "tls", _("the certificate of the server is not valid")
        CONNECTION = "connection", _("no connection")
        STATUS = "status", _("an answer that is no success")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=20, choices=Event.choices)
    facts = models.JSONField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=20, blank=True, choices=Problem.choices)

    objects: ClassVar[Any] = TenantManager.from_queryset(DeliveryQuerySet)()

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(
                fields=["webhook", "next_at"], condition=Q(state="waiting"), name="delivery_waiting"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "delivered", "failed", "expired"]),
                name="delivery_state_known",
            ),
        ]
