"""The demo app: no tables, one command."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "reporting.demo"
    label = "demo"
