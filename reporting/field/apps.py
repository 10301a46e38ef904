"""The field app: the day of a carer on a phone, with and without a network."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "reporting.field"
    label = "field"
