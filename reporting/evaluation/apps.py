"""The evaluation app: promised against delivered, outcomes and the evaluation of a service (step 7)."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "reporting.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        from reporting.compliance.hooks import approval_changed
        from reporting.evaluation.actions.measuring import keep_measurements

        approval_changed.subscribe(keep_measurements)
