"""The kernel as a Django app: commands and checks, no tables."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "kernel"
    label = "kernel"

    def ready(self) -> None:
        from kernel import checks, logs, metrics, request_logs, task_logs  # noqa: F401  importing registers checks
        from kernel.quick_migrations import use_quick_migrations

        logs.configure()
        request_logs.follow_requests()
        task_logs.follow_tasks()
        metrics.count_tasks()
        use_quick_migrations()
