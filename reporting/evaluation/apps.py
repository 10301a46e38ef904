"""The evaluation app: promised against delivered, outcomes and the evaluation of a service (step 7)."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "reporting.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        from contracting.commissioning.contributions import contribute
        from contracting.commissioning.models import Step
        from contracting.commissioning.waiting import tell_start_page
        from contracting.tenders.hooks import keep_track_with
        from reporting.compliance.hooks import approval_changed
        from reporting.evaluation.actions.measuring import keep_measurements, measure_again
        from reporting.evaluation.chain import tell_evaluation
        from reporting.evaluation.queries.records import track_records
        from reporting.evaluation.waiting import evaluations_waiting
        from reporting.settlement.hooks import visits_held_changed
        from reporting.supervision.hooks import dossier_moved

        approval_changed.subscribe(keep_measurements)
        dossier_moved.subscribe(keep_measurements)
        visits_held_changed.subscribe(measure_again)
        contribute(Step.Kind.EVALUATION, tell_evaluation)
        tell_start_page(evaluations_waiting)
        keep_track_with(track_records)
