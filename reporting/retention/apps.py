"""The retention app: classes of retention, holds, and clearances that anonymise persons past their term."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "reporting.retention"
    label = "retention"

    def ready(self) -> None:
        from contracting.commissioning.waiting import tell_start_page
        from kernel.clearing import clears
        from reporting.retention.doctor import late_clearances
        from reporting.retention.knowing import Persons
        from reporting.retention.waiting import tell_clearance
        from tenants.doctor import look_at_tenants_too

        clears(Persons())
        look_at_tenants_too(late_clearances)
        tell_start_page(tell_clearance)
