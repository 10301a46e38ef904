"""Inspections: the plan, the sample, the protocol with its findings, what is recommended and what became of it."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import Contract, OrganisationScoped
from kernel.access import Access
from kernel.models import TenantManager, TenantOwned
from reporting.supervision.models.drawn import ONE_SUBJECT, Drawn

# Answers to what documentation is checked for: not looked at yet, there, missing, does not apply.
ANSWER_CODES = ("", "yes", "no", "na")


class InspectionQuerySet(OrganisationScoped):
    organisation_path = "contract__organisation_id"

    def visible_to(self, access: Access) -> Self:
        """An organisation sees what was announced to it, and everything from the day its protocol was sent."""
        visible = super().visible_to(access)
        if access.sees_all_organisations:
            return visible
        return visible.filter(Q(announced=True) | Q(sent_at__isnull=False))


class Inspection(TenantOwned):
    """A control of documents at the provider or of care in homes: planned → held → sent → answered → closed.

    `number` counts inspections of a `year`. `seed`, `population` and `population_sha256` (over the sorted ids that
    could have been drawn) let anybody draw the same sample again.
    """

    class Kind(models.TextChoices):
        DOCUMENTS = "documents", pgettext_lazy("inspection", "documents at the provider")
        HOMES = "homes", pgettext_lazy("inspection", "homes of persons")
        BOTH = "both", pgettext_lazy("inspection", "documents and homes")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("inspection", "planned")
        HELD = "held", pgettext_lazy("inspection", "protocol being written")
        SENT = "sent", pgettext_lazy("inspection", "waiting for the answer")
        ANSWERED = "answered", pgettext_lazy("inspection", "answered")
        CLOSED = "closed", pgettext_lazy("inspection", "closed")
        CALLED_OFF = "called_off", pgettext_lazy("inspection", "called off")

    class Method(models.TextChoices):
        RANDOM = "random", pgettext_lazy("sample", "at random")
        VALUE = "value", pgettext_lazy("sample", "by value (most minutes first)")
        VARIANCE = "variance", pgettext_lazy("sample", "by variance (farthest from the plan first)")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="inspections")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    kind = models.CharField(_("what is inspected"), max_length=9, choices=Kind.choices)
    subject = models.CharField(_("subject"), max_length=300)
    planned_on = models.DateField(_("planned on"))
    inspector_id = models.UUIDField(null=True, blank=True)
    inspector_name = models.CharField(_("inspector"), max_length=150)
    announced = models.BooleanField(_("announced to the organisation"), default=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)

    method = models.CharField(_("how the sample is drawn"), max_length=8, choices=Method.choices, blank=True)
    sampled_month = models.DateField(_("month of the sample"), null=True, blank=True)
    seed = models.CharField(_("seed"), max_length=40, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    population_sha256 = models.CharField(max_length=64, blank=True)

    held_on = models.DateField(_("held on"), null=True, blank=True)
    present = models.CharField(_("present for the organisation"), max_length=300, blank=True)
    protocol = models.TextField(_("course of the inspection"), max_length=10_000, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by_name = models.CharField(max_length=150, blank=True)
    answer_due_on = models.DateField(null=True, blank=True)
    answer = models.TextField(_("answer of the organisation"), max_length=10_000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by_name = models.CharField(max_length=150, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_name = models.CharField(max_length=150, blank=True)
    closing_note = models.CharField(_("closing note"), max_length=1000, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(InspectionQuerySet)()

    class Meta:
        ordering = ["-planned_on", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="inspection_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "held", "sent", "answered", "closed", "called_off"]),
                name="inspection_state_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["documents", "homes", "both"]), name="inspection_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(method="", seed="", population__isnull=True, sampled_month__isnull=True)
                | Q(
                    method__in=["random", "value", "variance"],
                    population__isnull=False,
                    sampled_month__day=1,
                )
                & ~Q(seed=""),
                name="inspection_sample_repeatable",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "called_off"], held_on__isnull=True)
                | Q(state__in=["held", "sent", "answered", "closed"], held_on__isnull=False),
                name="inspection_held_has_day",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["planned", "held", "called_off"],
                    sent_at__isnull=True,
                    answer_due_on__isnull=True,
                )
                | Q(
                    state__in=["sent", "answered", "closed"],
                    sent_at__isnull=False,
                    answer_due_on__isnull=False,
                ),
                name="inspection_sent_has_term",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | (Q(answered_at__isnull=False, state__in=["answered", "closed"]) & ~Q(answer="")),
                name="inspection_answer_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(answered_at__isnull=False), name="inspection_answered_at"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "called_off"], closed_at__isnull=False) & ~Q(closing_note="")
                | ~Q(state__in=["closed", "called_off"]) & Q(closed_at__isnull=True),
                name="inspection_closed_with_note",
            ),
        ]

    def __str__(self) -> str:
        return f"K/{self.number}/{self.year}"

    @property
    def is_open(self) -> bool:
        return self.state not in {self.State.CLOSED, self.State.CALLED_OFF}


class SampledItem(Drawn, TenantOwned):
    """A decision, visit, card of advice or crisis case that was drawn: its documentation is checked, point by point.

    `checks` is a list of `{"section": …, "label": …, "answer": …}`, as they were asked on the day: section of the
    standard ("" for none), answers of ANSWER_CODES.
    `present` of `asked` counts those answered yes of those answered yes or no; both stay 0 until somebody checks.
    """

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="items")
    place = models.PositiveSmallIntegerField()
    # What of a visit the protocol keeps, whatever becomes of the diary.
    visit_on = models.DateField(null=True, blank=True)
    visit_start = models.TimeField(null=True, blank=True)
    visit_worker = models.CharField(max_length=30, blank=True)
    value_minutes = models.PositiveIntegerField(default=0)
    variance_permille = models.PositiveIntegerField(default=0)
    checks = models.JSONField(default=list, blank=True)
    present = models.PositiveSmallIntegerField(default=0)
    asked = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(_("note"), max_length=500, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "place"], name="sampled_item_place_once"),
            models.CheckConstraint(condition=ONE_SUBJECT, name="sampled_item_of_one"),
            models.CheckConstraint(
                condition=Q(visit_on__isnull=True) | Q(decision__isnull=False),
                name="sampled_item_visit_of_decision",
            ),
            models.CheckConstraint(
                condition=Q(present__lte=F("asked")), name="sampled_item_present_of_asked"
            ),
            models.CheckConstraint(
                condition=Q(visit_on__isnull=True, visit_start__isnull=True)
                | Q(visit_on__isnull=False, visit_start__isnull=False),
                name="sampled_item_visit_whole",
            ),
        ]

    @property
    def missing(self) -> list[str]:
        """What was asked for and is not there."""
        return [check["label"] for check in self.checks if check["answer"] == "no"]


class FindingQuerySet(OrganisationScoped):
    organisation_path = "inspection__contract__organisation_id"


class Finding(TenantOwned):
    """What an inspection found, and how grave it is."""

    class Severity(models.TextChoices):
        MINOR = "minor", pgettext_lazy("finding", "minor")
        MAJOR = "major", pgettext_lazy("finding", "major")
        CRITICAL = "critical", pgettext_lazy("finding", "critical")

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="findings")
    number = models.PositiveSmallIntegerField()
    severity = models.CharField(_("severity"), max_length=8, choices=Severity.choices)
    text = models.TextField(_("finding"), max_length=3000)
    item = models.ForeignKey(
        SampledItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="findings"
    )

    objects: ClassVar[Any] = TenantManager.from_queryset(FindingQuerySet)()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "number"], name="finding_number_once"),
            models.CheckConstraint(
                condition=Q(severity__in=["minor", "major", "critical"]), name="finding_severity_known"
            ),
        ]


class RecommendationQuerySet(OrganisationScoped):
    organisation_path = "finding__inspection__contract__organisation_id"

    def visible_to(self, access: Access) -> Self:
        """An organisation learns what is recommended when the protocol is sent."""
        visible = super().visible_to(access)
        if access.sees_all_organisations:
            return visible
        return visible.filter(finding__inspection__sent_at__isnull=False)

    def unsettled(self) -> Self:
        """Recommendations of protocols that were sent, whose fulfilment the unit has not confirmed or denied yet."""
        return self.filter(
            finding__inspection__state__in=[Inspection.State.SENT, Inspection.State.ANSWERED],
            state__in=[Recommendation.State.OPEN, Recommendation.State.REPORTED],
        )


class Recommendation(TenantOwned):
    """What is to be done about a finding, by whom and by when: open → reported by the provider → done or not done."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("recommendation", "to be carried out")
        REPORTED = "reported", pgettext_lazy("recommendation", "reported as carried out")
        DONE = "done", pgettext_lazy("recommendation", "carried out")
        NOT_DONE = "not_done", pgettext_lazy("recommendation", "not carried out")

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="recommendations")
    place = models.PositiveSmallIntegerField()
    text = models.CharField(pgettext_lazy("inspection", "recommendation"), max_length=1000)
    owner = models.CharField(_("who carries it out"), max_length=150)
    due_on = models.DateField(_("due on"))
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    report = models.CharField(_("what was done"), max_length=1000, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by_name = models.CharField(max_length=150, blank=True)
    follow_up = models.CharField(_("what the check showed"), max_length=1000, blank=True)
    followed_up_at = models.DateTimeField(null=True, blank=True)
    followed_up_by_name = models.CharField(max_length=150, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(RecommendationQuerySet)()

    class Meta:
        ordering = ["finding__number", "place"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "place"], name="recommendation_place_once"),
            models.CheckConstraint(
                condition=Q(state="open", reported_at__isnull=True, followed_up_at__isnull=True)
                | Q(state="reported", reported_at__isnull=False, followed_up_at__isnull=True)
                | (Q(state__in=["done", "not_done"], followed_up_at__isnull=False) & ~Q(follow_up="")),
                name="recommendation_state_whole",
            ),
        ]

    @property
    def is_late(self) -> bool:
        return self.state == self.State.OPEN and self.due_on < timezone.localdate()
