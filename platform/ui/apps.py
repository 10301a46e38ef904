"""The design system: base pages, components, charts, and how numbers and dates are written."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "ui"
    label = "ui"
