"""The kernel as a Django app: commands and checks, no tables."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "kernel"
    label = "kernel"

    def ready(self) -> None:
        from kernel import checks, logs  # noqa: F401  importing registers the system checks
        from kernel.quick_migrations import use_quick_migrations

        logs.configure()
        use_quick_migrations()
