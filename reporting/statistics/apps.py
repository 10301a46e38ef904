"""The statistics app."""

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "reporting.statistics"
    label = "statistics"
