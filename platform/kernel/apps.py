"""The kernel as a Django app: commands and checks, no tables."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "kernel"
    label = "kernel"

    def ready(self) -> None:
        from kernel import checks, logs  # noqa: F401  importing registers the system checks

        logs.configure()
