"""The advice app: appointments, slots of advisers and cards of legal, psychological, family and other advice."""

from django.apps import AppConfig


class AdviceConfig(AppConfig):
    name = "reporting.advice"
    label = "advice"

    def ready(self) -> None:
        """Tell the start page what waits here, and contracts what is used."""
        from contracting.commissioning.waiting import tell_start_page
        from contracting.contracts.consumption import provide
        from reporting.advice.consumption import advice_minutes
        from reporting.advice.keeping import tell_keeping
        from reporting.advice.queries import add_appointments
        from reporting.advice.waiting import advice_waiting
        from reporting.care.hooks import keys_of_person

        tell_start_page(advice_waiting)
        provide(advice_minutes)
        keys_of_person.subscribe(add_appointments)
        tell_keeping()
