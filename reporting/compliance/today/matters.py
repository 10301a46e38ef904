"""What waits for a person, in order of urgency: each matter in a sentence, with one way to go."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracting.commissioning.waiting import Wait
from contracting.contracts.permissions import EDIT_CONTRACTS
from kernel.access import Access
from kernel.periods import local_date
from reporting.compliance.permissions import ACCEPT_MONTH, SUBMIT_MONTH
from reporting.compliance.today.closing import MonthOfContract, Waiting
from reporting.compliance.today.pace import CapForecast
from tenants.addresses import tenant_url
from ui.formatting import format_count, format_date_text, format_minutes_text, format_month

_URGENT = timedelta(days=2)
# So many months of a contract that are late are listed one by one.
_MOST_LATE = 3
_ORDER = {"must": 0, "warn": 1, "note": 2}


@dataclass(frozen=True)
class Matter:
    """One line of the start page; `kind` is must, warn or note."""

    kind: str
    title: str
    meta: str
    href: str
    verb: str
    is_mine: bool = True


def matters_of(
    access: Access,
    today: date,
    waiting: Waiting,
    caps: tuple[CapForecast, ...],
    before_delivery: list[Wait],
) -> list[Matter]:
    """All matters of the person, the urgent first; within a kind as the work goes."""
    found = [
        *(_to_accept(one, access) for one in waiting.to_accept),
        *(_returned(one, access) for one in waiting.returned),
        *_all_to_hand_in(waiting.to_hand_in, access, today),
        *(_cap(one, access) for one in caps if one.runs_out),
        *planning_matters(before_delivery),
    ]
    return sorted(found, key=lambda matter: _ORDER[matter.kind])


def planning_matters(waits: list[Wait]) -> list[Matter]:
    """What waits before anything is delivered: steps, calls, offers and contracts, the urgent first."""
    found = [Matter(one.kind, one.title, one.meta, one.href, one.verb, is_mine=one.is_mine) for one in waits]
    return sorted(found, key=lambda matter: _ORDER[matter.kind])


def _href(one: MonthOfContract) -> str:
    return tenant_url("compliance:month", one.contract.pk, str(one.month))


def _name(one: MonthOfContract) -> str:
    return format_month(one.month).capitalize()


def _to_accept(one: MonthOfContract, access: Access) -> Matter:
    row = one.row
    parts = [str(one.contract.organisation), one.contract.number, format_count(one.persons, "person")]
    if row is not None and row.submitted_at is not None:
        parts.insert(1, _("handed in %(date)s") % {"date": format_date_text(local_date(row.submitted_at))})
    if one.points is not None and (must := one.points.must):
        parts.append(ngettext("%(count)s to explain", "%(count)s to explain", must) % {"count": must})
    if one.points is not None and (note := one.points.note):
        parts.append(ngettext("%(count)s to note", "%(count)s to note", note) % {"count": note})
    mine = access.may(ACCEPT_MONTH)
    title = _("%(month)s waits for acceptance") if mine else _("%(month)s waits for the social unit")
    return Matter(
        "must" if mine else "note",
        title % {"month": _name(one)},
        " · ".join(parts),
        _href(one),
        _("Review the month") if mine else _("See the month"),
        is_mine=mine,
    )


def _returned(one: MonthOfContract, access: Access) -> Matter:
    mine = access.may(SUBMIT_MONTH)
    reason = one.row.return_reason if one.row is not None else ""
    title = _("%(month)s came back to be corrected") if mine else _("%(month)s is being corrected")
    meta = [one.contract.number, reason] if mine else [str(one.contract.organisation), one.contract.number]
    return Matter(
        "must" if mine else "note",
        title % {"month": _name(one)},
        " · ".join(part for part in meta if part),
        _href(one),
        _("Correct the month") if mine else _("See the month"),
        is_mine=mine,
    )


def _all_to_hand_in(months: list[MonthOfContract], access: Access, today: date) -> Iterator[Matter]:
    """A matter for each month; of a contract with many months behind, one for all of these."""
    late: dict[UUID, list[MonthOfContract]] = defaultdict(list)
    for one in months:
        if today > one.grace:
            late[one.contract.pk].append(one)
    told = {pk: behind for pk, behind in late.items() if len(behind) > _MOST_LATE}
    for behind in told.values():
        yield _months_behind(behind, access)
    for one in months:
        if one not in told.get(one.contract.pk, ()):
            yield _to_hand_in(one, access, today)


def _months_behind(behind: list[MonthOfContract], access: Access) -> Matter:
    mine = access.may(SUBMIT_MONTH)
    first, last = behind[0], behind[-1]
    title = ngettext(
        "%(count)s month has not been handed in: %(first)s to %(last)s",
        "%(count)s months have not been handed in: %(first)s to %(last)s",
        len(behind),
    ) % {"count": len(behind), "first": format_month(first.month), "last": format_month(last.month)}
    parts = [] if mine else [str(first.contract.organisation)]
    verb = _("Begin with the oldest") if mine else _("See the oldest month")
    return Matter(
        "must" if mine else "warn", title, " · ".join([*parts, first.contract.number]), _href(first), verb
    )


def _to_hand_in(one: MonthOfContract, access: Access, today: date) -> Matter:
    mine = access.may(SUBMIT_MONTH)
    late, in_grace = today > one.grace, one.deadline < today <= one.grace
    until = {
        "month": _name(one),
        "date": format_date_text(one.deadline),
        "grace": format_date_text(one.grace),
    }
    if mine:
        if in_grace:
            title = _("%(month)s was due on %(date)s; handed in by %(grace)s it is not late")
        elif late:
            title = _("%(month)s was to be handed in by %(date)s")
        else:
            title = _("Hand in %(month)s by %(date)s")
            until["month"] = format_month(one.month)
        kind = "must" if today >= one.deadline - _URGENT else "warn"
        parts = [one.contract.number, format_count(one.persons, "person")]
    else:
        if in_grace:
            title = _("%(month)s was due on %(date)s; the provider has days of grace until %(grace)s")
        elif late:
            title = _("%(month)s has not been handed in; it was due on %(date)s")
        else:
            title = _("%(month)s is expected by %(date)s")
        kind = "warn" if late else "note"
        parts = [str(one.contract.organisation), one.contract.number, format_count(one.persons, "person")]
    verb = _("Check and hand in") if mine else _("See the month")
    return Matter(kind, title % until, " · ".join(parts), _href(one), verb, is_mine=mine or late)


def _cap(one: CapForecast, access: Access) -> Matter:
    number = one.contract.number
    if one.is_used_up:
        kind, title = "must", _("The hours of contract %(number)s are used up") % {"number": number}
    else:
        kind = "warn"
        title = _("The hours of contract %(number)s will last until %(date)s") % {
            "number": number,
            "date": format_date_text(one.lasts_until),
        }
    mine = access.may(EDIT_CONTRACTS) or access.may(SUBMIT_MONTH)
    meta = _("%(used)s of %(cap)s used; the contract ends on %(end)s") % {
        "used": format_minutes_text(one.used_minutes),
        "cap": format_minutes_text(one.cap_minutes),
        "end": format_date_text(one.contract.valid_to),
    }
    href = tenant_url("contracts:contract", one.contract.pk)
    return Matter(kind if mine else "note", title, meta, href, _("See the contract"), is_mine=mine)
