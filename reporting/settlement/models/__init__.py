"""Corrections of accepted months, settlements of contracts' months, and what persons pay."""

from reporting.settlement.models.adjustments import AcceptedLine, Adjustment
from reporting.settlement.models.bases import PaymentBasis
from reporting.settlement.models.payments import ConfirmedPayment
from reporting.settlement.models.settlements import Invoice, Penalty, Settlement, TranchePayment

__all__ = [
    "AcceptedLine",
    "Adjustment",
    "ConfirmedPayment",
    "Invoice",
    "PaymentBasis",
    "Penalty",
    "Settlement",
    "TranchePayment",
]
