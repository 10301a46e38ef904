"""Calls: what is asked for, on which criteria, until when, and the proof that it was announced."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models import Service
from kernel.access import Access
from kernel.models import TenantManager, TenantOwned
from tenants.roles import Role


class CallQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """The unit's people see all calls; people of organisations, and members of a committee who may come from
        outside the unit, those that were published."""
        if not access.is_member:
            return self.none()
        outside = access.roles <= {Role.COMMITTEE_MEMBER}
        return self if access.sees_all_organisations and not outside else self.announced()

    def announced(self) -> Self:
        """Calls that the public may read."""
        return self.filter(published_at__isnull=False)

    def templates(self) -> Self:
        return self.filter(is_template=True)

    def real(self) -> Self:
        """Calls without the templates."""
        return self.filter(is_template=False)


class Call(TenantOwned):
    """An invitation for offers: open call, small grant, procurement record or partnership (art. 11, 13, 19a).

    `deadline` is the only deadline there is; a published call's changes only through a published Amendment. Money is
    PLN. `closed_at` is set once by whoever first sees the deadline pass, and never unset: a clock moved back opens
    nothing.
    """

    class Kind(models.TextChoices):
        ENTRUST = "entrust", _("open call: entrusting")
        SUPPORT = "support", _("open call: supporting")
        SMALL_GRANT = "small_grant", _("small grant")
        PROCUREMENT = "procurement", _("procurement")
        PARTNERSHIP = "partnership", _("choice of a partner")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        OPENED = "opened", pgettext_lazy("call", "offers opened")
        DECIDED = "decided", _("decided")
        ANNULLED = "annulled", _("annulled")

    class Ground(models.TextChoices):
        NO_OFFERS = "no_offers", _("no offer was handed in")
        NONE_FITS = "none_fits", _("no offer meets the requirements of the announcement")
        OTHER = "other", _("another reason that the announcement foresaw")

    number = models.CharField(
        _("number"),
        max_length=60,
        unique=True,
        null=True,
        blank=True,
        error_messages={"unique": _("Another call has this number. Check the number.")},
    )
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    is_template = models.BooleanField(default=False)
    # Ids of commissioning's Cycle and StandardVersion, so that a call can be made without a cycle.
    cycle_id = models.UUIDField(null=True, blank=True)
    standard_version_id = models.UUIDField(null=True, blank=True)
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="copies")
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="calls", verbose_name=_("service")
    )
    # The seven items of an announcement (art. 13(2)) that are text; money, dates and criteria have fields.
    task_kind = models.TextField(_("kind of the task"), blank=True)
    grant_rules = models.TextField(_("rules of granting"), blank=True)
    conditions = models.TextField(_("dates and conditions of delivery"), blank=True)
    selection = models.TextField(_("procedure and criteria of the choice"), blank=True)
    earlier_tasks = models.TextField(_("tasks of this kind this year and last, with their costs"), blank=True)
    contact = models.CharField(_("contact for questions"), max_length=200, blank=True)
    funds = models.DecimalField(_("funds"), max_digits=12, decimal_places=2, null=True, blank=True)
    grant_min = models.DecimalField(
        _("smallest grant"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    grant_max = models.DecimalField(
        _("largest grant"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    own_share_min = models.DecimalField(
        _("smallest own contribution, % of the costs"), max_digits=5, decimal_places=2, default=0
    )
    task_from = models.DateField(_("task begins"), null=True, blank=True)
    task_to = models.DateField(_("task ends"), null=True, blank=True)
    deadline = models.DateTimeField(_("deadline for offers"), null=True, blank=True)
    decision_due_on = models.DateField(_("choice to be made by"), null=True, blank=True)
    joint_offers = models.BooleanField(_("joint offers allowed"), default=True)
    concept_required = models.BooleanField(_("service concept required"), default=True)
    # Keys of content.CONCEPT_PARTS that this call asks for, each with the question put to the bidder.
    concept_questions = models.JSONField(default=dict, blank=True)
    # Names of files that the offer must have, e.g. ["Statut"].
    required_files = models.JSONField(default=list, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.UUIDField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    receipts_digest = models.CharField(max_length=64, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    # When the results were changed last after their publication (ResultsChange).
    results_changed_at = models.DateTimeField(null=True, blank=True)
    annulled_at = models.DateTimeField(null=True, blank=True)
    # When the bidders were written to that the call ended, with results or annulled; none while the mail waits.
    end_notified_at = models.DateTimeField(null=True, blank=True)
    # When the term of keeping its offers was over, by a protocol.
    cleared_at = models.DateTimeField(null=True, editable=False)
    annulment_ground = models.CharField(max_length=10, choices=Ground.choices, blank=True)
    annulment_reason = models.TextField(_("reason of the annulment"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(CallQuerySet)()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["entrust", "support", "small_grant", "procurement", "partnership"]),
                name="call_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | (
                    Q(state__in=["published", "opened", "decided", "annulled"])
                    & Q(published_at__isnull=False, deadline__isnull=False, number__isnull=False)
                ),
                name="call_published_with_deadline_and_number",
            ),
            models.CheckConstraint(
                condition=Q(is_template=False) | Q(state="draft", number__isnull=True),
                name="call_template_stays_draft",
            ),
            models.CheckConstraint(
                condition=Q(deadline__isnull=True)
                | Q(published_at__isnull=True)
                | Q(deadline__gt=F("published_at")),
                name="call_deadline_after_publication",
                violation_error_message=_("The deadline lies before the publication: choose a later one."),
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True) | Q(opened_at__gte=F("deadline")),
                name="call_opened_after_deadline",
                violation_error_message=_("Offers are opened after the deadline, never before."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("deadline")),
                name="call_closed_after_deadline",
            ),
            models.CheckConstraint(
                condition=Q(task_from__isnull=True)
                | Q(task_to__isnull=True)
                | Q(task_to__gte=F("task_from")),
                name="call_task_period",
                violation_error_message=_("The task ends before it begins: correct one of the dates."),
            ),
            models.CheckConstraint(
                condition=Q(grant_min__isnull=True)
                | Q(grant_max__isnull=True)
                | Q(grant_max__gte=F("grant_min")),
                name="call_grant_range",
                violation_error_message=_("The largest grant is smaller than the smallest: correct one."),
            ),
            models.CheckConstraint(
                condition=Q(funds__isnull=True) | Q(funds__gt=0),
                name="call_funds_positive",
                violation_error_message=_("The funds must be more than 0."),
            ),
            models.CheckConstraint(
                condition=Q(own_share_min__gte=0, own_share_min__lte=100),
                name="call_own_share_percent",
                violation_error_message=_("The own contribution is a percentage from 0 to 100."),
            ),
            models.CheckConstraint(
                condition=~Q(state="annulled") | (Q(annulled_at__isnull=False) & ~Q(annulment_reason="")),
                name="call_annulled_with_reason",
                violation_error_message=_("An annulment needs a reason."),
            ),
            models.CheckConstraint(
                condition=Q(annulment_ground="")
                | Q(state="annulled", annulment_ground__in=["no_offers", "none_fits", "other"]),
                name="call_annulment_ground_known",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True) | Q(state__in=["decided", "annulled"]),
                name="call_cleared_after_its_end",
            ),
            models.CheckConstraint(
                condition=Q(results_changed_at__isnull=True) | Q(state="decided", decided_at__isnull=False),
                name="call_results_changed_after_decision",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title

    def takes_offers(self, now: datetime) -> bool:
        """Whether an offer may be handed in at that moment; `now` is the database's clock."""
        return (
            self.state == self.State.PUBLISHED
            and self.closed_at is None
            and self.deadline is not None
            and now < self.deadline
        )


class Lot(TenantOwned):
    """A part of a call; a call has at least one, and an offer concerns exactly one. Funds in PLN."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="lots")
    position = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(_("title of the part"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    funds = models.DecimalField(_("funds of the part"), max_digits=12, decimal_places=2)
    minutes = models.PositiveIntegerField(_("minutes of service planned"), null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["call", "position"], name="lot_position_once"),
            models.CheckConstraint(
                condition=Q(funds__gt=0),
                name="lot_funds_positive",
                violation_error_message=_("The funds of a part must be more than 0."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Criterion(TenantOwned):
    """On what offers are compared. Weights of a call's criteria are percent and sum to 100.

    Merit: members give 0 to `max_points`. Price: points are computed, cheapest / price × `max_points`. `excerpt`
    names the section of the offer that a member reads beside the score ("concept.replacement", "budget", …).
    """

    class Kind(models.TextChoices):
        MERIT = "merit", _("merit")
        PRICE = "price", _("price")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices, default=Kind.MERIT)
    name = models.CharField(_("name"), max_length=200)
    explanation = models.TextField(_("what earns points"), blank=True)
    max_points = models.PositiveSmallIntegerField(_("most points"), default=10)
    weight = models.PositiveSmallIntegerField(_("weight, %"))
    excerpt = models.CharField(_("section of the offer"), max_length=60, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["call", "position"], name="criterion_position_once"),
            models.CheckConstraint(condition=Q(kind__in=["merit", "price"]), name="criterion_kind_known"),
            models.CheckConstraint(
                condition=Q(max_points__gte=1, max_points__lte=1000),
                name="criterion_points_range",
                violation_error_message=_("The most points are a number from 1 to 1000."),
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=100),
                name="criterion_weight_percent",
                violation_error_message=_("A weight is a percentage from 1 to 100."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Amendment(TenantOwned):
    """A published change of a published call, with its reason; `changes` maps field → [before, after].

    Offers handed in before it wait for their bidder to confirm or replace them where `confirm` is set.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    reason = models.TextField(_("reason"))
    changes = models.JSONField(default=dict)
    confirm = models.BooleanField(_("offers must be confirmed"), default=True)
    published_at = models.DateTimeField()
    published_by = models.UUIDField()
    # When the bidders were written to; none while the mails wait.
    notified_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="amendment_number_once"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="amendment_with_reason",
                violation_error_message=_("An amendment needs a reason."),
            ),
        ]

    @property
    def adds_parts(self) -> bool:
        """Whether it announced parts that the call did not have."""
        before, after = self.changes.get("lots", ([], []))
        return len(after) > len(before)


class Question(TenantOwned):
    """A question on a call. Who asked is kept for the answer's sake and shown to nobody else."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="questions")
    asked_by = models.UUIDField()
    organisation_id = models.UUIDField()
    asked_at = models.DateTimeField(auto_now_add=True)
    text = models.TextField(_("question"))
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    # When the one who asked was told; none while the mail waits.
    notified_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="question_answered_with_text",
            )
        ]


class CallKey(TenantOwned):
    """The key pair of a call: offers are sealed to the public half; the private half exists wrapped only.

    `wrapped` opens with the keeper (a key file outside the database, or a KMS), `recovery` with the tenant's
    recovery key, whose shares are on paper (RecoveryKey).
    """

    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="key")
    public_key = models.BinaryField()
    fingerprint = models.CharField(max_length=64)
    wrapped = models.BinaryField()
    keeper = models.CharField(max_length=20)
    recovery = models.BinaryField()
    recovery_key = models.ForeignKey("tenders.RecoveryKey", on_delete=models.PROTECT, related_name="calls")
    made_at = models.DateTimeField(auto_now_add=True)
