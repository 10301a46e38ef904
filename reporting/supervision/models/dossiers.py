"""The monthly dossier of a service (S-061 … S-063): the provider's report, the unit's conclusions, and a recommendation
for each decision, or for the service where nobody has one; each that changes something opens a task."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import Contract, ContractAmendment, OrganisationScoped
from kernel.models import TenantManager, TenantOwned
from reporting.care.models import Decision


class DossierQuerySet(OrganisationScoped):
    organisation_path = "contract__organisation_id"


class Dossier(TenantOwned):
    """The dossier of a contract's month (its first day): open → concluded. No row: nobody wrote into it yet.

    Concluding freezes what it shows as an issue. `reopen_reason` says why it was opened again after the last one.
    `verdict` is what is recommended for a service without decisions: advice, crisis intervention (L-47).
    """

    class Verdict(models.TextChoices):
        KEEP = "keep", pgettext_lazy("service", "go on as it is")
        RAISE = "raise", pgettext_lazy("service", "order more of it")
        LOWER = "lower", pgettext_lazy("service", "order less of it")
        CHANGE = "change", pgettext_lazy("service", "go on in another way")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("dossier", "open")
        CONCLUDED = "concluded", pgettext_lazy("dossier", "concluded")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="dossiers")
    month = models.DateField(_("month"))
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    problems = models.TextField(_("problems met"), max_length=5000, blank=True)
    measures = models.TextField(_("what was done"), max_length=5000, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by_name = models.CharField(max_length=150, blank=True)
    verdict = models.CharField(
        pgettext_lazy("dossier", "recommendation"), max_length=6, choices=Verdict.choices, blank=True
    )
    verdict_reason = models.CharField(_("reason"), max_length=1000, blank=True)
    verdict_at = models.DateTimeField(null=True, blank=True)
    verdict_by_name = models.CharField(max_length=150, blank=True)
    conclusions = models.TextField(_("conclusions"), max_length=5000, blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)
    concluded_by_name = models.CharField(max_length=150, blank=True)
    reopen_reason = models.CharField(_("why it was opened again"), max_length=1000, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(DossierQuerySet)()

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "month"], name="dossier_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="dossier_first_day"),
            models.CheckConstraint(
                condition=Q(reported_at__isnull=True, problems="", measures="")
                | Q(reported_at__isnull=False) & ~Q(problems=""),
                name="dossier_report_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="open", concluded_at__isnull=True)
                | Q(state="concluded", concluded_at__isnull=False) & ~Q(conclusions=""),
                name="dossier_concluded_whole",
            ),
            models.CheckConstraint(
                condition=Q(verdict="", verdict_reason="", verdict_at__isnull=True)
                | Q(verdict__in=["keep", "raise", "lower", "change"], verdict_at__isnull=False)
                & ~Q(verdict_reason=""),
                name="dossier_verdict_whole",
            ),
        ]


class ReportReminder(TenantOwned):
    """A mail to a provider of a service without month close, that its report of a month is due soon.

    `month` is its first day; `sent_to` counts the people it went to, 0 where the report came meanwhile.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    month = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    sent_to = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "month"], name="report_reminder_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="report_reminder_first_day"),
        ]


class DossierIssueQuerySet(OrganisationScoped):
    organisation_path = "dossier__contract__organisation_id"


class DossierIssue(TenantOwned):
    """A dossier as it was concluded: one JSON document with its SHA-256, numbered from 1, never changed.

    The document holds numbers, codes, ids and what people of both sides wrote; no names of persons in care. A dossier
    that was opened again is concluded as the next issue, with the `reason` of its opening.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="issues")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=1000, blank=True)
    issued_at = models.DateTimeField()
    issued_by_name = models.CharField(max_length=150, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(DossierIssueQuerySet)()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "number"], name="dossier_issue_once"),
            models.CheckConstraint(condition=~Q(sha256=""), name="dossier_issue_hashed"),
            models.CheckConstraint(
                condition=Q(number=1, reason="") | Q(number__gt=1) & ~Q(reason=""),
                name="dossier_issue_again_with_reason",
            ),
        ]


class DecisionAdviceQuerySet(OrganisationScoped):
    organisation_path = "dossier__contract__organisation_id"


class DecisionAdvice(TenantOwned):
    """What a dossier recommends for one decision: keep, raise or lower its amount.

    Raise and lower open a task to change the decision: open until it is amended (`done`, with the decision that amends
    it) or dropped with a reason. `proposed_minutes` are for the period of the decision's amount; for a plan, a month.
    """

    class Verdict(models.TextChoices):
        KEEP = "keep", pgettext_lazy("amount", "keep")
        RAISE = "raise", pgettext_lazy("amount", "raise")
        LOWER = "lower", pgettext_lazy("amount", "lower")

    class Task(models.TextChoices):
        NONE = "none", pgettext_lazy("task", "nothing to do")
        OPEN = "open", pgettext_lazy("task", "to do")
        DONE = "done", pgettext_lazy("task", "done")
        DROPPED = "dropped", pgettext_lazy("task", "dropped")

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="advice")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(
        pgettext_lazy("dossier", "recommendation"), max_length=5, choices=Verdict.choices
    )
    reason = models.CharField(_("reason"), max_length=1000)
    proposed_minutes = models.PositiveIntegerField(_("proposed amount"), null=True, blank=True)
    task = models.CharField(max_length=7, choices=Task.choices, default=Task.NONE)
    due_on = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by_name = models.CharField(max_length=150, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by_name = models.CharField(max_length=150, blank=True)
    amended_by = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    drop_reason = models.CharField(_("reason"), max_length=1000, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(DecisionAdviceQuerySet)()

    class Meta:
        ordering = ["due_on", "decision__number"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "decision"], name="decision_advice_once"),
            models.CheckConstraint(
                condition=Q(verdict="keep", task="none", due_on__isnull=True, proposed_minutes__isnull=True)
                | Q(
                    verdict__in=["raise", "lower"],
                    task__in=["open", "done", "dropped"],
                    due_on__isnull=False,
                    proposed_minutes__isnull=False,
                    proposed_minutes__gt=0,
                ),
                name="decision_advice_task_of_change",
                violation_error_message=_("To raise or lower an amount, write the amount proposed."),
            ),
            models.CheckConstraint(
                condition=Q(task__in=["none", "open"], settled_at__isnull=True, drop_reason="")
                | Q(task="done", settled_at__isnull=False, amended_by__isnull=False, drop_reason="")
                | Q(task="dropped", settled_at__isnull=False) & ~Q(drop_reason=""),
                name="decision_advice_settled_whole",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="decision_advice_with_reason"),
        ]


class ServiceTaskQuerySet(OrganisationScoped):
    organisation_path = "dossier__contract__organisation_id"


class ServiceTask(TenantOwned):
    """The task that a recommendation on a service opens unless the service goes on as it is.

    Open until it is done or dropped; `said` is what was done, or why it was dropped. More or less is ordered by an
    `amendment` of the contract.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("task", "to do")
        DONE = "done", pgettext_lazy("task", "done")
        DROPPED = "dropped", pgettext_lazy("task", "dropped")

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="service_task")
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by_name = models.CharField(max_length=150, blank=True)
    amendment = models.ForeignKey(
        ContractAmendment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    said = models.CharField(max_length=1000, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(ServiceTaskQuerySet)()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True, said="", amendment__isnull=True)
                | Q(state="done", settled_at__isnull=False) & ~Q(said="")
                | Q(state="dropped", settled_at__isnull=False, amendment__isnull=True) & ~Q(said=""),
                name="service_task_settled_whole",
            ),
        ]

    @property
    def is_late(self) -> bool:
        return self.state == self.State.OPEN and self.due_on < timezone.localdate()
