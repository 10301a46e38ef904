"""The supervision app: surveys, inspections, breaches and the monthly dossier (step 6)."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "reporting.supervision"
    label = "supervision"
