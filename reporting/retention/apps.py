"""The retention app: classes of retention, holds, and clearances that anonymise persons past their term."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "reporting.retention"
    label = "retention"

    def ready(self) -> None:
        from contracting.commissioning.waiting import tell_start_page
        from kernel.clearing import clears
        from reporting.retention.knowing import Persons
        from reporting.retention.waiting import tell_clearance

        clears(Persons())
        tell_start_page(tell_clearance)
