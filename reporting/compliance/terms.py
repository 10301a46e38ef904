"""The words for deviations: names of codes, severities, and a line that says what one is about."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.compliance.rules import Code, Deviation, Severity, deviation_to_json
from ui.formatting import format_date_short, format_minutes_text

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
    """What the deviation is about in one line, for example `03.10.2026, 08:00, W01 · by 1 h 30 min`.

    `activity_names` gives names by code; an unknown code stands for itself. Empty where the code says it all.
    """
    return describe_shown(deviation_to_json(deviation), activity_names)


def describe_shown(shown: Mapping[str, Any], activity_names: Mapping[str, str] | None = None) -> str:
    """The same of a deviation as `compare_month` and snapshots write it."""
    visits = [_visit_line(visit) for visit in (shown["visit"], shown["other"]) if visit is not None]
    if len(visits) == 2:
        visits = [_("%(first)s and %(second)s") % {"first": visits[0], "second": visits[1]}]
    parts = visits
    if shown["slot"] is not None:
        parts.append(_moment(shown["slot"]))
    if shown["activities"]:
        names = activity_names or {}
        parts.append(", ".join(names.get(code, code) for code in shown["activities"]))
    if shown["minutes"] is not None:
        minutes = format_minutes_text(shown["minutes"])
        # What was not delivered at all is the whole amount, not a difference.
        whole = shown["code"] == Code.NOTHING_DELIVERED
        parts.append(minutes if whole else _("by %(minutes)s") % {"minutes": minutes})
    return " · ".join(parts)


def _moment(shown: Mapping[str, str]) -> str:
    return f"{format_date_short(date.fromisoformat(shown['date']))}, {shown['start']}"


def _visit_line(visit: Mapping[str, str]) -> str:
    return f"{_moment(visit)}, {visit['worker']}"
