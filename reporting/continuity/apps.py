"""The continuity app: persons whom nobody visits, and what becomes of care when a provider fails."""

from django.apps import AppConfig


class ContinuityConfig(AppConfig):
    name = "reporting.continuity"
    label = "continuity"

    def ready(self) -> None:
        from contracting.commissioning.waiting import tell_start_page
        from reporting.continuity.hooks import reassignment_asked
        from reporting.continuity.keeping import tell_keeping
        from reporting.continuity.schedule import begin_reassignment
        from reporting.continuity.waiting import tell_silence

        tell_start_page(tell_silence)
        reassignment_asked.subscribe(begin_reassignment)
        tell_keeping()
