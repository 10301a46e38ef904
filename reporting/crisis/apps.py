"""The crisis app: cases of crisis intervention, sessions, shelter stays and the duty roster."""

from django.apps import AppConfig


class CrisisConfig(AppConfig):
    name = "reporting.crisis"
    label = "crisis"

    def ready(self) -> None:
        from contracting.commissioning.waiting import tell_start_page
        from contracting.contracts.consumption import provide
        from reporting.crisis.consumption import session_minutes
        from reporting.crisis.keeping import tell_keeping
        from reporting.crisis.waiting import crisis_waiting

        tell_start_page(crisis_waiting)
        provide(session_minutes)
        tell_keeping()
