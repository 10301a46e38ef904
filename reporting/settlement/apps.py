"""The settlement app: adjustments of accepted months, what is due to the provider, and the ledger of minutes."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "reporting.settlement"
    label = "settlement"

    def ready(self) -> None:
        from contracting.commissioning.waiting import tell_start_page
        from reporting.compliance.hooks import month_reopening
        from reporting.compliance.queries.added import ask_added_with
        from reporting.settlement.actions.adjusting import refuse_reopening_corrected
        from reporting.settlement.actions.settling import refuse_reopening_settled
        from reporting.settlement.keeping import tell_keeping
        from reporting.settlement.queries.added import added_between
        from reporting.settlement.waiting import tell_settlements

        month_reopening.subscribe(refuse_reopening_settled)
        month_reopening.subscribe(refuse_reopening_corrected)
        ask_added_with(added_between)
        tell_start_page(tell_settlements)
        tell_keeping()
