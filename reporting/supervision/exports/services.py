"""Advice, crisis intervention and the recommendation on a service, as parts of a dossier on paper."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.supervision.exports.paper import part
from reporting.supervision.queries.dossiers import DossierTold
from reporting.supervision.queries.services import AdviceLine, AdviceMonth, CrisisMonth, Volume
from ui.formatting import UNDEFINED, format_minutes_clock, format_percent, format_whole


def service_parts(told: DossierTold) -> list[dict[str, Any]]:
    """What of the month is advice or crisis intervention, and what is recommended for it; empty for care alone."""
    parts = []
    if told.advice:
        parts += _advice(told.advice)
    if told.crisis:
        parts.append(_crisis(told.crisis))
    if not told.is_closed_by_month:
        verdict = told.verdict
        text = f"{verdict.words}\n{verdict.reason}" if verdict else _("Nothing is recommended.")
        parts.append(part(_("Recommendation on the service"), text=text))
    return parts


def _advice(advice: AdviceMonth) -> list[dict[str, Any]]:
    head = [
        pgettext("advice", "Type"),
        pgettext("advice", "Held"),
        _("In-depth of them"),
        pgettext("advice", "Time, h"),
        _("Nobody came"),
    ]
    rows = [_counted(line.words, line) for line in advice.lines]
    rows.append(_counted(pgettext("advice", "all together"), advice))
    about = _(
        "Persons, under their name or an alias: %(persons)s. Conversations with somebody who stayed anonymous: "
        "%(anonymous)s."
    ) % {"persons": format_whole(advice.persons), "anonymous": format_whole(advice.anonymous)}
    if advice.volume:
        about += "\n" + _ordered(advice.volume)
    return [
        part(_("Advice given"), head=head, rows=rows, numbers=[1, 2, 3, 4], widths=[1, 0, 0, 0, 0]),
        part(_("Persons advised"), text=about),
    ]


def _counted(words: str, one: AdviceLine | AdviceMonth) -> list[str]:
    minutes = format_minutes_clock(one.minutes)
    return [words, format_whole(one.held), format_whole(one.in_depth), minutes, format_whole(one.no_show)]


def _ordered(volume: Volume) -> str:
    told = {
        "year": volume.year,
        "ordered": format_minutes_clock(volume.ordered),
        "given": format_minutes_clock(volume.given),
        "percent": format_percent(volume.percent),
    }
    if volume.year:
        return (
            _("Ordered for %(year)s: %(ordered)s h; given since January: %(given)s h (%(percent)s).") % told
        )
    return (
        _("Ordered by the contract: %(ordered)s h; given since its beginning: %(given)s h (%(percent)s).")
        % told
    )


def _crisis(crisis: CrisisMonth) -> dict[str, Any]:
    of = _("%(part)s of %(whole)s")
    covered = UNDEFINED if crisis.covered_percent is None else format_percent(crisis.covered_percent)
    rows = [
        [_("Cases opened"), format_whole(crisis.opened)],
        [_("Cases closed"), format_whole(crisis.closed)],
        [_("Cases going on at the end of the month"), format_whole(crisis.going_on)],
        [_("Sessions held"), f"{format_whole(crisis.sessions)} ({format_minutes_clock(crisis.minutes)} h)"],
        [_("Sessions to which nobody came"), format_whole(crisis.no_show)],
        [_("First contact cards of the cases opened"), of % {"part": crisis.cards, "whole": crisis.opened}],
        [_("Plans of help of the cases opened"), of % {"part": crisis.plans, "whole": crisis.opened}],
        [_("Debriefings held"), of % {"part": crisis.debriefings_held, "whole": crisis.debriefings}],
        [_("Time with as many on duty as the standard asks for"), covered],
        [_("Time with too few on duty"), f"{format_minutes_clock(crisis.short)} h"],
        [_("Time with nobody on duty"), f"{format_minutes_clock(crisis.empty)} h"],
    ]
    if crisis.volume:
        rows.append([_("Ordered hours"), _ordered(crisis.volume)])
    return part(_("Crisis intervention"), head=["", _("In the month")], rows=rows, widths=[1, 1])
