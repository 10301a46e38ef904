"""The evaluation app: promised against delivered, outcomes and the evaluation of a service (step 7)."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "reporting.evaluation"
    label = "evaluation"
