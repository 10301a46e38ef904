"""The compliance app; it tells the diary the tenant's thresholds, decisions and the cycle's supervision its months."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "reporting.compliance"
    label = "compliance"

    def ready(self) -> None:
        from contracting.commissioning.contributions import contribute
        from contracting.commissioning.models import Step
        from reporting.care.closed_months import ask_months_with
        from reporting.compliance.chain import tell_supervision
        from reporting.compliance.hooks import bulk_acceptance_asked, month_moved
        from reporting.compliance.keeping import tell_keeping
        from reporting.compliance.queries.comparison import thresholds_at_hand
        from reporting.compliance.queries.handing_in import closed_between
        from reporting.compliance.queries.measured import count_move, tell_measures
        from reporting.compliance.schedule import begin_bulk_acceptance
        from reporting.delivery.limits import take_limits_from
        from reporting.delivery.rules import EntryLimits

        def entry_limits() -> EntryLimits:
            thresholds = thresholds_at_hand()
            return EntryLimits(
                slot_tolerance_minutes=thresholds.slot_tolerance_minutes,
                overlap_tolerance_minutes=thresholds.overlap_tolerance_minutes,
                late_entry_days=thresholds.late_entry_days,
                short_visit_minutes=thresholds.short_visit_minutes,
                long_visit_minutes=thresholds.long_visit_minutes,
            )

        ask_months_with(closed_between)
        take_limits_from(entry_limits)
        contribute(Step.Kind.SUPERVISION, tell_supervision)
        bulk_acceptance_asked.subscribe(begin_bulk_acceptance)
        month_moved.subscribe(count_move)
        tell_measures()
        tell_keeping()
