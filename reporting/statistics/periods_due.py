"""When a period is first released, and by which rule its figures are hidden."""

from datetime import date, timedelta

from kernel.periods import Month
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.disclosure import Limits
from reporting.statistics.models import DisclosureRule, PeriodKind


def last_day(kind: str, period: date) -> date:
    """The last day of a period that is known by its kind and first day."""
    return Month.of(period).last if kind == PeriodKind.MONTH else Quarter.of(period).last


def rule_of(kind: str, period: date) -> DisclosureRule:
    """The rule in force on the last day of a period; raises DisclosureRule.DoesNotExist without one."""
    rule: DisclosureRule = DisclosureRule.objects.filter(valid_from__lte=last_day(kind, period))[:1].get()
    return rule


def release_day(kind: str, period: date) -> date:
    """From when on the figures of a period are shown; what came until then stands in its first release together."""
    return last_day(kind, period) + timedelta(days=rule_of(kind, period).release_after_days)


def limits_of(rule: DisclosureRule, *, health: bool) -> Limits:
    """The thresholds of a rule for a population, of health or not."""
    return Limits(
        rule.health_threshold if health else rule.persons_threshold, rule.fewest_providers, rule.largest_share
    )
