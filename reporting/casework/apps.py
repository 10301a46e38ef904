"""The casework app: loads of social workers, time cards, group forms and registers of the unit."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "reporting.casework"
    label = "casework"

    def ready(self) -> None:
        from contracting.commissioning.waiting import tell_start_page
        from reporting.casework.waiting import casework_waiting

        tell_start_page(casework_waiting)
