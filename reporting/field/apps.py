"""The field app: the day of a carer on a phone, with and without a network."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "reporting.field"
    label = "field"

    def ready(self) -> None:
        """Tell the start page what waits from the field."""
        from contracting.commissioning.waiting import tell_start_page
        from reporting.field.keeping import tell_keeping
        from reporting.field.waiting import field_waiting

        tell_start_page(field_waiting)
        tell_keeping()
