"""The casework app: loads of social workers, time cards, group forms and registers of the unit."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "reporting.casework"
    label = "casework"

    def ready(self) -> None:
        from contracting.commissioning.contributions import contribute
        from contracting.commissioning.models import Step
        from contracting.commissioning.waiting import tell_start_page
        from reporting.casework.chain import tell_works
        from reporting.casework.waiting import casework_waiting

        contribute(Step.Kind.SUPERVISION, tell_works)
        tell_start_page(casework_waiting)
