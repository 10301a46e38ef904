"""Outcomes of a month, reasons why nothing is measured, and lines behind a value, in words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from reporting.evaluation.models import TakenResult
from ui.formatting import format_percent, format_plain, format_whole


class Result(Protocol):
    """A result with what it was computed from."""

    @property
    def kind(self) -> str: ...

    @property
    def part(self) -> int: ...

    @property
    def whole(self) -> int: ...

    @property
    def value(self) -> Decimal: ...


def result_text(result: Result) -> str:
    """The value with numerator and denominator: 80,0 % (8 of 10); of a mean 4,25 (34 points of 8 answers); a count."""
    if result.kind == TakenResult.Kind.COUNT:
        return format_whole(result.part)
    told = {"part": format_whole(result.part), "whole": format_whole(result.whole)}
    if result.kind == TakenResult.Kind.MEAN:
        of = gettext("sum of points %(part)s, answers %(whole)s") % told
        return f"{format_plain(result.value)} ({of})"
    of = gettext("%(part)s of %(whole)s") % told
    return f"{format_percent(result.value)} ({of})"


OUTCOMES: Mapping[str, Promise] = {
    "met": pgettext_lazy("commitment", "met"),
    "not_met": pgettext_lazy("commitment", "not met"),
    "unmeasured": pgettext_lazy("commitment", "not measurable"),
    "running": pgettext_lazy("commitment", "the month goes on"),
}

REASONS: Mapping[str, Promise] = {
    "no_visits": _("No visit was made in the month."),
    "no_plan": _("No decision in force has a plan of visits, so there is nothing to compare with."),
    "nothing_planned": _("No planned visit was due in the month."),
    "nothing_missed": _("Somebody came to every planned visit, so no replacement was needed."),
    "nothing_granted": _("Nothing was granted in the month."),
    "nothing_required": _("The standard of the service requires no qualification."),
    "no_first_advice": _("Nobody who had asked for advice had their first appointment in the month."),
    "no_meetings": _("No appointment and no session came up in the month."),
    "no_duty": _("The centre asked for nobody on duty in the month."),
    "no_rule": _("No diary tells this, and nobody has stated it for the month yet."),
}

# What a line behind a value says; its number, and what that is compared with, stand beside it.
BEHIND: Mapping[str, Promise] = {
    "main_visits": _("visits by the usual carer"),
    "main_minutes": _("hours by the main carer"),
    "carers": _("different carers"),
    "replaced": _("nobody came; a replacement came after"),
    "not_replaced": _("nobody came, and nobody made up for it"),
    "missed": _("nobody came"),
    "nobody_came": _("a planned day without a visit"),
    "off_by": _("began earlier or later than planned by"),
    "unqualified": _("carer without a required qualification"),
    "evening": _("in the evening or on a free day"),
    "delivered": _("delivered of granted"),
    "waited_days": _("days from the request"),
    "no_show": _("the person did not come"),
    "held": pgettext_lazy("advice", "held"),
    "nobody_on_duty": pgettext_lazy("duty", "nobody on duty"),
    "few_on_duty": _("fewer on duty than the standard asks for"),
}
IN_MINUTES = frozenset(
    {
        "main_minutes",
        "replaced",
        "off_by",
        "unqualified",
        "evening",
        "delivered",
        "nobody_on_duty",
        "few_on_duty",
    }
)

# What the lines behind a value are of, as the head of their column says it.
HEAD_OF_CARE = _("Decision")
HEADS: Mapping[str, Promise] = {
    "advice_wait_days": _("Adviser"),
    "advice_in_term": _("Adviser"),
    "no_show": _("Adviser or case"),
    "sessions": _("Adviser or case"),
    "duty_staffed": _("Roster"),
    "duty_full": _("Roster"),
}

# What the visits behind the values of a measure are, as the heading of their page says it.
SHOWN: Mapping[str, Promise] = {
    "same_carer": _("Persons to whom others than the usual carer came"),
    "main_carer_minutes": _("Persons to whom others than the main carer came"),
    "carers_per_person": _("Persons with more than one carer"),
    "replacement_hours": _("Planned visits to which nobody came"),
    "visits_on_plan": _("Planned visits to which nobody came"),
    "planned_days": _("Planned days on which nobody came"),
    "punctual_visits": _("Visits that did not begin on time"),
    "qualified_staff": _("Visits by carers without a required qualification"),
    "evening_hours": _("Visits in the evening and on free days"),
    "delivered_hours": _("Decisions with fewer hours than granted"),
    "advice_wait_days": _("First advice after more days than promised"),
    "advice_in_term": _("First advice after its term"),
    "no_show": _("Appointments and sessions to which nobody came"),
    "sessions": _("Advice and sessions held"),
    "duty_staffed": _("Time with nobody on duty"),
    "duty_full": _("Time with fewer on duty than the standard asks for"),
}

PART_WORDS: Mapping[str, str | Promise] = {
    "outcomes": _("outcomes of the cycle"),
    "promises": _("results of commitments"),
    "standard": _("how far the standard is carried out"),
}
