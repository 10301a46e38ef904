"""The crisis app: cases of crisis intervention, sessions, shelter stays and the duty roster."""

from django.apps import AppConfig


class CrisisConfig(AppConfig):
    name = "reporting.crisis"
    label = "crisis"
