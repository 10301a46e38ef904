"""Addresses under `/<tenant>/settlement/`."""

from django.urls import path

from reporting.settlement.views import (
    correcting,
    deciding,
    exports,
    ledger,
    paid,
    paying,
    payments,
    settlements,
)

app_name = "settlement"
_MONTH = "<uuid:contract_pk>/<str:month>/"
urlpatterns = [
    path("", settlements.settlements, name="list"),
    path("payments/", payments.payments, name="payments"),
    path("payments/<str:month>/xlsx/", payments.payments_xlsx, name="payments_xlsx"),
    path("payments/<str:month>/pdf/", payments.payments_pdf, name="payments_pdf"),
    path("payments/<uuid:decision_pk>/", payments.basis, name="basis"),
    path("paid/<uuid:contract_pk>/", paid.paid, name="paid"),
    path("paid/<uuid:contract_pk>/invoice/", paid.paid_invoice, name="paid_invoice"),
    path(
        "paid/<uuid:contract_pk>/invoice/<uuid:pk>/withdraw/",
        paid.withdraw_paid_invoice,
        name="withdraw_paid_invoice",
    ),
    path("tranches/<uuid:contract_pk>/", paying.tranches, name="tranches"),
    path("tranches/<uuid:contract_pk>/withdraw/<uuid:pk>/", paying.withdraw_tranche, name="withdraw_tranche"),
    path("ledger/decisions/<uuid:decision_pk>/", ledger.decision_ledger, name="decision_ledger"),
    path(
        "ledger/decisions/<uuid:decision_pk>/xlsx/", ledger.decision_ledger_xlsx, name="decision_ledger_xlsx"
    ),
    path("ledger/contracts/<uuid:contract_pk>/", ledger.whole_ledger, name="contract_ledger"),
    path("ledger/contracts/<uuid:contract_pk>/forecast/", ledger.contract_forecast, name="contract_forecast"),
    path("ledger/contracts/<uuid:contract_pk>/xlsx/", ledger.whole_ledger_xlsx, name="contract_ledger_xlsx"),
    path("invoices/<uuid:pk>/file/", paying.invoice_file, name="invoice_file"),
    path(_MONTH, settlements.settlement, name="settlement"),
    path(f"{_MONTH}pdf/", exports.settlement_pdf, name="pdf"),
    path(f"{_MONTH}xlsx/", exports.settlement_xlsx, name="xlsx"),
    path(f"{_MONTH}visits/<uuid:decision_pk>/", settlements.visits, name="visits"),
    path(f"{_MONTH}correct/<uuid:visit_pk>/", correcting.correct, name="correct"),
    path(f"{_MONTH}late/", correcting.add_late_visit, name="late_visit"),
    path(f"{_MONTH}withdraw/<uuid:pk>/", correcting.withdraw, name="withdraw"),
    path(f"{_MONTH}penalty/", deciding.penalty, name="penalty"),
    path(f"{_MONTH}penalty/<uuid:pk>/remove/", deciding.remove_penalty, name="remove_penalty"),
    path(f"{_MONTH}invoice/", paying.invoice, name="invoice"),
    path(f"{_MONTH}invoice/<uuid:pk>/remove/", paying.remove_invoice, name="remove_invoice"),
    path(f"{_MONTH}offer/", deciding.offer, name="offer"),
    path(f"{_MONTH}confirm/", deciding.confirm, name="confirm"),
    path(f"{_MONTH}settle/", deciding.settle, name="settle"),
    path(f"{_MONTH}take-back/", deciding.take_back, name="take_back"),
]
