"""When a period is first released, and by which rule its figures are hidden."""

from datetime import date, timedelta

from kernel.periods import Month
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.dictionary import Indicator, dictionary
from reporting.statistics.disclosure import ALL_SERVICES, Limits
from reporting.statistics.models import DisclosureRule, PeriodKind
from reporting.statistics.populations import stands_on_services


def last_day(kind: str, period: date) -> date:
    """The last day of a period that is known by its kind and first day."""
    return Month.of(period).last if kind == PeriodKind.MONTH else Quarter.of(period).last


def rule_of(kind: str, period: date) -> DisclosureRule:
    """The rule in force on the last day of a period; raises DisclosureRule.DoesNotExist without one."""
    rule = known_rule(kind, period)
    if rule is None:
        raise DisclosureRule.DoesNotExist
    return rule


def known_rule(kind: str, period: date) -> DisclosureRule | None:
    """The rule in force on the last day of a period; None for a time before the first one."""
    found: DisclosureRule | None = DisclosureRule.objects.filter(
        valid_from__lte=last_day(kind, period)
    ).first()
    return found


def release_day(kind: str, period: date) -> date:
    """From when on the figures of a period are shown; what came until then stands in its first release together."""
    return last_day(kind, period) + timedelta(days=rule_of(kind, period).release_after_days)


def limits_of(rule: DisclosureRule, *, health: bool = False, by_service: bool = False) -> Limits:
    """The thresholds of a rule for a population: of health, of services some of which may tell of it, or neither."""
    return Limits(
        rule.strictest_threshold if health else rule.persons_threshold,
        rule.fewest_providers,
        rule.largest_share,
        rule.strictest_threshold if by_service and not health else None,
        dictionary().plain_services,
    )


def thresholds_of(rule: DisclosureRule, indicator: Indicator, part: str = ALL_SERVICES) -> tuple[int, int]:
    """How many persons a part of an indicator needs, and how many where what is hidden beside it may tell of health."""
    limits = limits_of(rule, health=indicator.health, by_service=stands_on_services(indicator))
    own = limits.of_part(part)
    return own, limits.health or own
