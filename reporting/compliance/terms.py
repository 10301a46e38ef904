"""The words for deviations: names of codes, severities, and a line that says what one is about."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.compliance.rules import Code, Deviation, Severity, VisitFacts
from ui.formatting import format_date_short, format_minutes_text, format_time

CODE_NAMES: Mapping[Code, Promise] = MappingProxyType(
    {
        Code.OVER_DELIVERED: gettext_lazy("more than the decision grants"),
        Code.UNDER_DELIVERED: gettext_lazy("less than the decision grants"),
        Code.NOTHING_DELIVERED: gettext_lazy("nothing delivered"),
        Code.OUTSIDE_SCOPE: gettext_lazy("activity outside the scope"),
        Code.SCOPE_NOT_PERFORMED: gettext_lazy("part of the scope not performed"),
        Code.OUTSIDE_VALIDITY: gettext_lazy("visit outside the decision's period"),
        Code.DURING_SUSPENSION: gettext_lazy("visit during a suspension"),
        Code.OFF_PLAN: gettext_lazy("visit off the plan"),
        Code.MISSED: gettext_lazy("planned visit missed"),
        Code.WORKER_OVERLAP: gettext_lazy("the worker's visits overlap"),
        Code.PERSON_OVERLAP: gettext_lazy("the person's visits overlap"),
        Code.NOT_QUALIFIED: gettext_lazy("worker without the qualification"),
        Code.NOT_NAMED: gettext_lazy("worker not named in the contract"),
        Code.LATE_ENTRY: gettext_lazy("visit entered late"),
        Code.IMPLAUSIBLE_DURATION: gettext_lazy("doubtful duration of a visit"),
        Code.DUPLICATE: gettext_lazy("visit entered twice"),
        Code.CONTRACT_CAP: gettext_lazy("cap of the contract exceeded"),
    }
)

SEVERITY_NAMES: Mapping[Severity, Promise] = MappingProxyType(
    {Severity.MUST: gettext_lazy("to explain"), Severity.NOTE: gettext_lazy("to note")}
)


def describe(deviation: Deviation, activity_names: Mapping[str, str] | None = None) -> str:
    """What the deviation is about in one line, for example `03.10.2026, 08:00, W01 · 1 h 30 min`.

    `activity_names` gives names by code; an unknown code stands for itself. Empty where the code says it all.
    """
    parts = [_visit_line(visit) for visit in (deviation.visit, deviation.other) if visit is not None]
    if len(parts) == 2:
        parts = [_("%(first)s and %(second)s") % {"first": parts[0], "second": parts[1]}]
    slot = deviation.slot
    if slot is not None:
        parts.append(f"{format_date_short(slot.date)}, {format_time(slot.start)}")
    if deviation.activities:
        names = activity_names or {}
        parts.append(", ".join(names.get(code, code) for code in deviation.activities))
    if deviation.minutes is not None:
        parts.append(format_minutes_text(deviation.minutes))
    return " · ".join(parts)


def _visit_line(visit: VisitFacts) -> str:
    return f"{format_date_short(visit.date)}, {format_time(visit.start)}, {visit.worker}"
