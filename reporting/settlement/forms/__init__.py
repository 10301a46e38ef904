"""Shapes of input of settlement."""

from reporting.settlement.forms.accounts import (
    DifferenceForm,
    InvoiceForm,
    PaidInvoiceForm,
    PenaltyForm,
    SeenForm,
    SettlementFilter,
    TakeBackForm,
    TrancheForm,
    WithdrawPaymentForm,
)
from reporting.settlement.forms.corrections import CorrectionForm, LateVisitForm
from reporting.settlement.forms.payments import BasisForm

__all__ = [
    "BasisForm",
    "CorrectionForm",
    "DifferenceForm",
    "InvoiceForm",
    "LateVisitForm",
    "PaidInvoiceForm",
    "PenaltyForm",
    "SeenForm",
    "SettlementFilter",
    "TakeBackForm",
    "TrancheForm",
    "WithdrawPaymentForm",
]
