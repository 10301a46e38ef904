"""What waits in crisis intervention: an uncovered roster, debriefings, stays that end, cases over the limit."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from contracting.commissioning.waiting import Wait
from kernel.access import Access
from kernel.periods import resolve_wall_time
from reporting.crisis.models import CrisisCase, Debriefing, Duty, OpeningHours, ShelterStay
from reporting.crisis.permissions import ASSIGN, PLAN_DUTY, READ_CASES, WORK_ON_CASES
from reporting.crisis.queries.cases import over_the_limit
from reporting.crisis.queries.duty import gaps_between, openings
from reporting.crisis.queries.shelter import limited
from reporting.crisis.queries.terms import terms_at
from reporting.crisis.rules import Demand, demands_of, minutes_of
from tenants.addresses import tenant_url
from ui.formatting import format_date_text, format_instant_text, format_minutes_text

_DAY = timedelta(days=1)
_AHEAD = timedelta(days=14)
# A centre that planned nobody for so long does not use the roster.
_LATELY = timedelta(days=60)


def crisis_waiting(access: Access, today: date) -> Iterator[Wait]:
    """Everything of crisis intervention that waits for the person; at most ten queries."""
    if access.may(PLAN_DUTY):
        yield from _uncovered(access, today)
    if access.may(READ_CASES):
        yield from _debriefings(access, today)
        yield from _stays(access, today)
        yield from _over(access)


def _own(rows: Any, access: Access, path: str = "organisation") -> Any:
    """Of the person's own house: the unit's people are not told what waits in organisations."""
    if access.organisation_ids is None:
        return rows.filter(**{f"{path}__isnull": True})
    return rows.filter(**{f"{path}__in": access.organisation_ids})


def _uncovered(access: Access, today: date) -> Iterator[Wait]:
    start = resolve_wall_time(today, time.min)
    end = resolve_wall_time(today + _AHEAD, time.min)
    duties = list(_own(Duty.objects.filter(starts_at__lt=end, ends_at__gt=start - _LATELY), access))
    by_centre: dict[Any, list[Any]] = {}
    for duty in duties:
        by_centre.setdefault(duty.organisation_id, []).append(duty)
    if not by_centre:
        return
    minimum, last = terms_at(today).duty_minimum, today + _AHEAD - _DAY
    hours: dict[Any, list[Any]] = {}
    for row in _own(OpeningHours.objects.between(today - _DAY, last), access):
        hours.setdefault(row.organisation_id, []).append(row)
    for centre, its_duties in by_centre.items():
        demands = demands_of(openings(hours.get(centre, [])), today, last, minimum)
        yield from _gap(centre, its_duties, start, end, demands)


def _gap(
    centre: Any, duties: Iterable[Any], start: datetime, end: datetime, demands: list[Demand]
) -> Iterator[Wait]:
    gaps = gaps_between(duties, start, end, demands)
    if not gaps:
        return
    empty, short = minutes_of(gaps, empty=True), minutes_of(gaps, empty=False)
    told = {"empty": format_minutes_text(empty), "short": format_minutes_text(short)}
    yield Wait(
        "must" if empty else "warn",
        _("Duty roster, next 14 days: nobody on duty for %(empty)s, too few for %(short)s") % told
        if empty
        else _("Duty roster, next 14 days: too few on duty for %(short)s") % told,
        _("The first gap begins on %(at)s") % {"at": format_instant_text(gaps[0].starts_at)},
        f"{tenant_url('crisis:roster')}?centre={centre or 'unit'}",
        _("See the roster"),
    )


def _debriefings(access: Access, today: date) -> Iterator[Wait]:
    owed = _own(Debriefing.objects.filter(held_on__isnull=True), access, "case__organisation")
    if not access.may(ASSIGN):
        owed = owed.filter(owner_id=access.actor.user_id)
    for task in owed.select_related("case").order_by("due_on")[:20]:
        mine = task.owner_id == access.actor.user_id
        late = task.due_on < today
        if not (mine or late):
            continue
        said = {"number": task.case.number, "day": format_date_text(task.due_on)}
        yield Wait(
            "must" if late else "warn",
            (
                _("The debriefing in case %(number)s was due on %(day)s")
                if late
                else _("The debriefing in case %(number)s is due on %(day)s")
            )
            % said,
            _("Seen to by %(name)s") % {"name": task.owner_name},
            tenant_url("crisis:hold_debriefing", task.pk),
            _("Note the debriefing"),
            mine,
        )


def _stays(access: Access, today: date) -> Iterator[Wait]:
    stays = _own(ShelterStay.objects.filter(ended=False), access, "place__organisation")
    if not access.may(ASSIGN):
        stays = stays.filter(case__in=CrisisCase.objects.worked_on_by(access.actor.user_id))
    rows = limited(stays.select_related("case", "place"))
    days = terms_at(today).stay_warning_days if rows else 0
    for row in rows:
        if not row.warns_on(today, days):
            continue
        late = row.is_late(today)
        said = {"number": row.stay.case.number, "day": format_date_text(row.stay.to_day)}
        yield Wait(
            "must" if late else "warn",
            (
                _("Shelter, case %(number)s: the stay was to end on %(day)s")
                if late
                else _("Shelter, case %(number)s: the stay ends on %(day)s")
            )
            % said,
            _("The law allows it until %(day)s") % {"day": format_date_text(row.last_day)}
            if row.last_day and not row.stay.ground
            else str(row.stay.place),
            f"{tenant_url('crisis:case', row.stay.case_id)}#stays",
            _("See the case"),
            access.may(WORK_ON_CASES),
        )


def _over(access: Access) -> Iterator[Wait]:
    cases = _own(CrisisCase.objects.filter(state=CrisisCase.State.OPEN), access)
    if not access.may(ASSIGN):
        cases = cases.worked_on_by(access.actor.user_id)
    for one in over_the_limit(cases):
        yield Wait(
            "note",
            _("Case %(number)s: %(done)s sessions of at most %(limit)s, without a reason or a referral (K1)")
            % {"number": one.case.number, "done": one.done, "limit": one.limit},
            _("Crisis intervention"),
            tenant_url("crisis:case", one.case.pk),
            _("See the case"),
            access.may(WORK_ON_CASES),
        )
