"""The supervision app: inspections, breaches, own controls and the monthly dossier (step 6)."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "reporting.supervision"
    label = "supervision"

    def ready(self) -> None:
        from contracting.commissioning.contributions import contribute
        from contracting.commissioning.models import Step
        from contracting.commissioning.waiting import tell_start_page
        from reporting.care.hooks import decisions_changed
        from reporting.compliance.queries.late import tell_late
        from reporting.settlement.proposals import propose_penalties_with
        from reporting.supervision.actions import complete_tasks_of
        from reporting.supervision.chain import tell_supervision_step
        from reporting.supervision.keeping import tell_keeping
        from reporting.supervision.queries.late import late_reports
        from reporting.supervision.queries.penalties import penalties_of
        from reporting.supervision.waiting import waiting_in_supervision

        decisions_changed.subscribe(complete_tasks_of)
        propose_penalties_with(penalties_of)
        tell_late(late_reports)
        contribute(Step.Kind.SUPERVISION, tell_supervision_step)
        tell_start_page(waiting_in_supervision)
        tell_keeping()
