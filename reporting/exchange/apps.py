"""The exchange app: the interface for providers' own systems, its tokens and webhooks."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "reporting.exchange"
    label = "exchange"

    def ready(self) -> None:
        from contracting.commissioning.waiting import tell_start_page
        from reporting.care.hooks import decisions_changed
        from reporting.compliance.hooks import month_moved
        from reporting.exchange.actions.webhooks import tell_of_decisions, tell_of_month
        from reporting.exchange.waiting import tell
        from tenants.hooks import keep_closed

        tell_start_page(tell)
        month_moved.subscribe(tell_of_month)
        decisions_changed.subscribe(tell_of_decisions)
        keep_closed(
            "exchange_webhook", "secret_encrypted", because="the key that signs what a provider is sent"
        )
