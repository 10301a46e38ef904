"""The delivery app."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "reporting.delivery"
    label = "delivery"

    def ready(self) -> None:
        """Tell care how to look for visits before a decision moves to another contract, and contracts what is used."""
        from contracting.contracts.consumption import provide
        from reporting.care.moving import ask_diary_with
        from reporting.delivery.consumption import delivered_minutes
        from reporting.delivery.keeping import tell_keeping
        from reporting.delivery.moving import hold_and_find_visited

        ask_diary_with(hold_and_find_visited)
        provide(delivered_minutes)
        tell_keeping()
