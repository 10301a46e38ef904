"""Shapes of input of the procedure of a breach."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Contract
from kernel.access import Access
from reporting.settlement.queries import deductible_months
from reporting.supervision.forms.inspections import contract_field, long_text, offer_contracts
from reporting.supervision.models import Breach, Inspection
from ui.amounts import AmountField
from ui.months import MonthField


class BreachForm(forms.Form):
    """What was breached, on which term of the contract, found at which inspection."""

    contract: Any = contract_field()
    facts = long_text(
        _("Facts"), most=5000, help_text=_("What happened and when. Do not write names of persons here.")
    )
    basis = forms.CharField(
        label=_("Basis in the contract"),
        max_length=300,
        help_text=_("For example: § 7 par. 2 of the contract."),
    )
    inspection: Any = forms.ModelChoiceField(
        label=_("Found at the inspection"), queryset=None, required=False, empty_label=_("none")
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_contracts(self, access)
        field: Any = self.fields["inspection"]
        field.queryset = Inspection.objects.visible_to(access).filter(sent_at__isnull=False)
        field.label_from_instance = lambda row: f"{row} · {row.subject}"


class DecisionForm(forms.Form):
    """What is decided on a breach and why; of a penalty its amount and month."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=Breach.Outcome.choices, widget=forms.RadioSelect)
    reasons = long_text(_("Reasons"), rows=5, most=5000)
    amount = AmountField(
        label=_("Penalty"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=12,
        help_text=_("In PLN, only where a penalty is proposed."),
    )
    month: Any = MonthField(
        label=_("Month of the settlement"),
        required=False,
        help_text=_(
            "The month from whose settlement the penalty is to be deducted: those not handed over for confirmation yet."
        ),
    )

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["month"]
        field.offer(deductible_months(contract))
        field.choices = [("", "–"), *field.choices]
