"""Breaches of contracts: reported with their basis, answered by the provider, decided on with reasons."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import Contract, OrganisationScoped
from kernel.models import TenantManager, TenantOwned
from reporting.supervision.models.inspections import Inspection


class BreachQuerySet(OrganisationScoped):
    organisation_path = "contract__organisation_id"


class Breach(TenantOwned):
    """A breach of a contract: reported → answered → decided; or withdrawn before that.

    `month` (its first day) is the month from whose settlement a penalty is proposed; amounts are PLN.
    """

    class State(models.TextChoices):
        REPORTED = "reported", pgettext_lazy("breach", "waiting for the answer")
        ANSWERED = "answered", pgettext_lazy("breach", "answered")
        DECIDED = "decided", pgettext_lazy("breach", "decided")
        WITHDRAWN = "withdrawn", pgettext_lazy("breach", "withdrawn")

    class Outcome(models.TextChoices):
        NONE = "none", pgettext_lazy("breach", "no breach")
        WARNING = "warning", pgettext_lazy("breach", "warning")
        PENALTY = "penalty", pgettext_lazy("breach", "penalty proposed")
        TERMINATION = "termination", pgettext_lazy("breach", "termination proposed")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="breaches")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, null=True, blank=True, related_name="breaches"
    )
    facts = models.TextField(_("facts"), max_length=5000)
    basis = models.CharField(_("basis in the contract"), max_length=300)
    state = models.CharField(max_length=9, choices=State.choices, default=State.REPORTED)
    reported_at = models.DateTimeField()
    reported_by_name = models.CharField(max_length=150, blank=True)
    answer_due_on = models.DateField()
    answer = models.TextField(_("answer of the organisation"), max_length=5000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by_name = models.CharField(max_length=150, blank=True)
    outcome = models.CharField(_("decision"), max_length=11, choices=Outcome.choices, blank=True)
    reasons = models.TextField(_("reasons"), max_length=5000, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    month = models.DateField(_("month"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_name = models.CharField(max_length=150, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(BreachQuerySet)()

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="breach_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=["reported", "answered"], ended_at__isnull=True, outcome="")
                | Q(state="decided", ended_at__isnull=False)
                & Q(outcome__in=["none", "warning", "penalty", "termination"])
                | Q(state="withdrawn", ended_at__isnull=False, outcome=""),
                name="breach_state_whole",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, reasons="") | Q(ended_at__isnull=False) & ~Q(reasons=""),
                name="breach_ended_with_reasons",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="breach_answer_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(answered_at__isnull=False), name="breach_answered_at"
            ),
            models.CheckConstraint(
                condition=Q(outcome="penalty", amount__isnull=False, amount__gt=0)
                & Q(month__isnull=False, month__day=1)
                | ~Q(outcome="penalty") & Q(amount__isnull=True, month__isnull=True),
                name="breach_penalty_has_amount",
                violation_error_message=_("A penalty needs its amount and the month of its settlement."),
            ),
        ]

    def __str__(self) -> str:
        return f"N/{self.number}/{self.year}"
