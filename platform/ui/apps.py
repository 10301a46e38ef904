"""The design system: base pages, components, charts, and how numbers and dates are written."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "ui"
    label = "ui"

    def ready(self) -> None:
        # No form lets the browser speak (all are `novalidate`), and none the framework.
        from ui.sentences import speak

        speak()
