"""The advice app: appointments, slots of advisers and cards of legal, psychological, family and other advice."""

from django.apps import AppConfig


class AdviceConfig(AppConfig):
    name = "reporting.advice"
    label = "advice"
