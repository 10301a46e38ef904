"""The cycle of a service over a period: exactly seven steps in order, and the decisions taken on them (S-001)."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models.services import Service
from contracting.commissioning.models.standards import StandardVersion
from kernel.access import Access
from kernel.models import TenantManager, TenantOwned


class CycleQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """Cycles are the unit's own work: people of organisations see none of them."""
        return self.all() if access.is_member and access.sees_all_organisations else self.none()

    def running(self) -> Self:
        """Cycles that are neither closed nor abandoned."""
        return self.filter(state=Cycle.State.RUNNING)


class Cycle(TenantOwned):
    """The organisation of one service for one period, from the diagnosis to the evaluation.

    `availability` is a list of {"weekdays": [1…7], "from": "07:00", "to": "20:00"}; `form_criteria` a list of
    {"code", "name", "weight"} by which forms of realisation are compared; `lessons` are written in step 7.
    """

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("cycle", "running")
        CLOSED = "closed", pgettext_lazy("cycle", "closed")
        ABANDONED = "abandoned", pgettext_lazy("cycle", "abandoned")

    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="cycles", verbose_name=_("service")
    )
    standard = models.ForeignKey(
        StandardVersion,
        on_delete=models.PROTECT,
        related_name="cycles",
        null=True,
        blank=True,
        verbose_name=_("version of the standard"),
    )
    title = models.CharField(_("title"), max_length=160)
    period_from = models.DateField(_("period from"))
    period_to = models.DateField(_("period to"))
    strategy_goal = models.CharField(_("goal of the strategy or yearly plan"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RUNNING)
    predecessor = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        related_name="successor",
        null=True,
        blank=True,
        verbose_name=_("earlier cycle"),
        error_messages={"unique": _("The earlier cycle has a successor already.")},
    )
    places = models.TextField(_("places of delivery"), max_length=2000, blank=True)
    availability = models.JSONField(_("hours of availability"), default=list, blank=True)
    support_network = models.TextField(_("support network"), max_length=2000, blank=True)
    form_criteria = models.JSONField(_("criteria of the form"), default=list, blank=True)
    lessons = models.TextField(_("lessons for the next cycle"), max_length=6000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[Any] = TenantManager.from_queryset(CycleQuerySet)()

    class Meta:
        ordering = ["-period_from", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period_to__gte=F("period_from")),
                name="cycle_period",
                violation_error_message=_("The period ends before it begins: correct one of the dates."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "closed", "abandoned"]), name="cycle_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="running", closed_at__isnull=True)
                | (~Q(state="running") & Q(closed_at__isnull=False)),
                name="cycle_closed_has_moment",
            ),
            models.UniqueConstraint(
                fields=["service", "title"],
                name="cycle_title_once",
                violation_error_message=_("The service has a cycle with this title already."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING


class Step(TenantOwned):
    """One of the seven steps of a cycle.

    `checklist` maps the code of a tick that people make by hand to {"at", "by"}; what can be computed is not stored.
    """

    class Kind(models.TextChoices):
        NEEDS_DIAGNOSIS = "needs_diagnosis", _("Needs diagnosis")
        SCOPE = "scope", _("Scope of the service")
        FORM = "form", _("Form of realisation")
        FINANCING = "financing", _("Financing")
        CONTRACTOR_CHOICE = "contractor_choice", _("Choice of the contractor")
        SUPERVISION = "supervision", _("Supervision and monitoring")
        EVALUATION = "evaluation", _("Evaluation")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("step", "waiting")
        OPEN = "open", pgettext_lazy("step", "open")
        PASSED = "passed", pgettext_lazy("step", "passed")
        TO_REVIEW = "to_review", pgettext_lazy("step", "to review")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(_("step"), max_length=20, choices=Kind.choices)
    position = models.PositiveSmallIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    owner_id = models.UUIDField(_("owner"), null=True, blank=True)
    starts_on = models.DateField(_("begins on"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    checklist = models.JSONField(default=dict, blank=True)
    note = models.TextField(_("decision note"), max_length=3000, blank=True)
    passed_at = models.DateTimeField(null=True, blank=True, editable=False)
    passed_by = models.UUIDField(null=True, blank=True, editable=False)
    passed_by_name = models.CharField(max_length=150, blank=True, editable=False)

    class Meta:
        ordering = ["cycle", "position"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "kind"], name="step_kind_once"),
            models.UniqueConstraint(fields=["cycle", "position"], name="step_position_once"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=7), name="step_position_of_seven"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "open", "passed", "to_review"]), name="step_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="passed") | Q(passed_at__isnull=False), name="step_passed_has_moment"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(due_on__isnull=True) | Q(due_on__gte=F("starts_on")),
                name="step_dates",
                violation_error_message=_("The step is due before it begins: correct one of the dates."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.get_kind_display()}"


class StepDecision(TenantOwned):
    """What was decided on a step, when and by whom: passed, reopened, or marked for review. Never changed."""

    class Verb(models.TextChoices):
        PASSED = "passed", pgettext_lazy("decision", "passed")
        REOPENED = "reopened", pgettext_lazy("decision", "opened again")
        MARKED = "marked", pgettext_lazy("decision", "marked for review")

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="decisions")
    verb = models.CharField(max_length=10, choices=Verb.choices)
    note = models.TextField(_("note"), max_length=3000, blank=True)
    at = models.DateTimeField()
    by = models.UUIDField(null=True, editable=False)
    by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verb__in=["passed", "reopened", "marked"]), name="step_decision_verb_known"
            ),
        ]
