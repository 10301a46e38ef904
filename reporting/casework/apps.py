"""The casework app: loads of social workers, time cards, group forms and registers of the unit."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "reporting.casework"
    label = "casework"
