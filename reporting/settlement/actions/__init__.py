"""Verbs of settlement: corrections of accepted months, accounts of months, invoices and payments."""

from reporting.settlement.actions.adjusting import Correction, add_adjustment, withdraw_adjustment
from reporting.settlement.actions.basing import BasisTerms, enter_basis
from reporting.settlement.actions.late_visits import LateVisit, add_late_visit
from reporting.settlement.actions.paid_invoices import PaidFor, record_paid_invoice, withdraw_paid_invoice
from reporting.settlement.actions.paying import (
    InvoiceTerms,
    add_invoice,
    record_tranche_payment,
    remove_invoice,
    tranche_stamp,
    withdraw_tranche_payment,
)
from reporting.settlement.actions.settling import (
    PenaltyTerms,
    add_penalty,
    confirm_settlement,
    offer_settlement,
    remove_penalty,
    settle,
    take_back_settlement,
)

__all__ = [
    "BasisTerms",
    "Correction",
    "InvoiceTerms",
    "LateVisit",
    "PaidFor",
    "PenaltyTerms",
    "add_adjustment",
    "add_invoice",
    "add_late_visit",
    "add_penalty",
    "confirm_settlement",
    "enter_basis",
    "offer_settlement",
    "record_paid_invoice",
    "record_tranche_payment",
    "remove_invoice",
    "remove_penalty",
    "settle",
    "take_back_settlement",
    "tranche_stamp",
    "withdraw_adjustment",
    "withdraw_paid_invoice",
    "withdraw_tranche_payment",
]
