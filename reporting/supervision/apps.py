"""The supervision app: surveys, inspections, breaches and the monthly dossier (step 6)."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "reporting.supervision"
    label = "supervision"

    def ready(self) -> None:
        from contracting.commissioning.contributions import contribute
        from contracting.commissioning.models import Step
        from contracting.commissioning.waiting import tell_start_page
        from reporting.supervision.chain import tell_supervision_step
        from reporting.supervision.waiting import waiting_in_supervision

        contribute(Step.Kind.SUPERVISION, tell_supervision_step)
        tell_start_page(waiting_in_supervision)
