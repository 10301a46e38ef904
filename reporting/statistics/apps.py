"""The statistics app; it pushes facts when a month is accepted or its acceptance taken back."""

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "reporting.statistics"
    label = "statistics"

    def ready(self) -> None:
        from reporting.compliance.hooks import approval_changed
        from reporting.statistics.actions import push_month

        approval_changed.subscribe(push_month)
