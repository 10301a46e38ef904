"""Verbs on a committee: the director appoints, completes, replaces and releases; the law excludes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders.actions.closing_scores import close_if_all_finished
from contracting.tenders.clock import database_now
from contracting.tenders.locking import lock_call, lock_committee
from contracting.tenders.models import Call, Committee, Seat
from contracting.tenders.permissions import SIT_ON_COMMITTEE
from contracting.tenders.queries.seats import (
    bidding_organisations,
    names_of,
    organisation_names,
    organisations_of,
    partner_ids,
)
from kernel import permissions
from kernel.access import Actor
from kernel.errors import DomainError, Problem, Sentence
from kernel.stamps import require_unchanged, stamp_of
from kernel.tenancy import require_tenant
from kernel.validation import require_valid
from tenants.models import Membership

# What is fixed once the offers are open, with the sentence that says so.
_FIXED: dict[str, Sentence] = {
    "quorum": _(
        "The offers are open, so the quorum is no longer changed. Appoint other members where one is missing."
    ),
    "spread_percent": _(
        "The offers are open, so the spread that asks for a joint note is no longer changed."
    ),
}
_FIXED_WITH_SCORING = _("The scoring is closed, so number and date of the order are no longer changed.")
_APPOINTING = frozenset({Call.State.DRAFT, Call.State.PUBLISHED, Call.State.OPENED})


@dataclass(frozen=True)
class SeatAsked:
    """A person to be appointed; `organisation_id` names the organisation that named them, None for the executive."""

    user_id: UUID
    role: str = Seat.Role.MEMBER
    organisation_id: UUID | None = None


def _values(committee: Committee) -> dict[str, Any]:
    return {
        "order_number": committee.order_number,
        "appointed_on": committee.appointed_on,
        "quorum": committee.quorum,
        "spread_percent": committee.spread_percent,
        "without_ngo_reason": committee.without_ngo_reason,
    }


def committee_stamp(committee: Committee) -> str:
    """The stamp of the order of appointment as it stands."""
    return stamp_of(_values(committee))


def appoint(
    call: Call,
    *,
    order_number: str,
    appointed_on: date,
    quorum: int,
    seats: Sequence[SeatAsked] = (),
    without_ngo_reason: str = "",
    spread_percent: int = 30,
    actor: Actor,
) -> Committee:
    """Appoint the committee of a call with its first seats.

    Raises DomainError `appointed_already`, `invalid`, and what `appoint_seat` refuses.
    """
    with transaction.atomic():
        locked = lock_call(call)
        _require_appointing(locked)
        if Committee.objects.filter(call=locked).exists():
            raise DomainError("appointed_already", _("The call has a committee already: change that one."))
        committee = Committee(
            call=locked,
            order_number=order_number,
            appointed_on=appointed_on,
            quorum=quorum,
            without_ngo_reason=without_ngo_reason,
            spread_percent=spread_percent,
        )
        require_valid(committee, exclude=["call"])
        committee.save()
        for asked in seats:
            _seat(committee, asked)
        _note("appoint_committee", committee, actor, after=_values(committee), seats=_shown(committee))
    return committee


def change_committee(
    committee: Committee, *, seen: str | None = None, actor: Actor, **values: Any
) -> Committee:
    """Change order, date, quorum, spread or the reason to work without organisations' persons.

    What the points come to (quorum, spread) is fixed with the opening of the offers; once the scoring is closed only
    the reason may change. Raises Conflict where the committee is no longer what the editor saw, DomainError `invalid`
    with a problem `order_fixed` for each value that is fixed.
    """
    with transaction.atomic():
        _require_appointing(lock_call(committee.call))
        locked = lock_committee(committee.call)
        before = _values(locked)
        require_unchanged(seen, committee_stamp(locked))
        _require_changeable(locked, {name for name, value in values.items() if before[name] != value})
        for name, value in values.items():
            setattr(locked, name, value)
        require_valid(locked, exclude=["call"])
        locked.save(update_fields=sorted(values))
        _note("change_committee", locked, actor, before=before, after=_values(locked))
        close_if_all_finished(locked, actor=actor)
    return locked


def appoint_seat(committee: Committee, asked: SeatAsked, *, actor: Actor) -> Seat:
    """Appoint one more person, or a replacement; possible until the organ has decided.

    Raises DomainError `not_of_the_unit` where the person may not sit, `belongs_to_partner` where they work for an
    organisation that works with the tenant and did not name them, `belongs_to_bidder` where one of theirs bids, and
    `invalid` where the person sits already or there is a chair.
    """
    with transaction.atomic():
        _require_appointing(lock_call(committee.call))
        locked = lock_committee(committee.call)
        seat = _seat(locked, asked)
        _note("appoint_member", locked, actor, seat=seat.pk, user=seat.user_id, role=seat.role)
    return seat


def release_seat(seat: Seat, *, reason: str, actor: Actor) -> Seat:
    """Release a person, with the reason; what they declared stays.

    Their points no longer count, unless the scoring is closed: what had counted by then counts on.
    """
    with transaction.atomic():
        _require_appointing(lock_call(seat.committee.call))
        committee = lock_committee(seat.committee.call)
        locked: Seat = Seat.objects.select_for_update().get(pk=seat.pk)
        if locked.released_at is not None:
            raise DomainError("released_already", _("This person was released already."))
        locked.released_at, locked.release_reason = database_now(), reason.strip()
        require_valid(locked)
        locked.save(update_fields=["released_at", "release_reason"])
        _note("release_member", committee, actor, seat=locked.pk, user=locked.user_id)
        close_if_all_finished(committee, actor=actor)
    return locked


def exclude_bidders(call: Call, actor: Actor) -> list[Seat]:
    """Exclude by law whoever a bidding organisation named or employs (art. 15(2d), (2f)); called at the opening."""
    with transaction.atomic():
        committee = Committee.objects.select_for_update().filter(call=call).first()
        if committee is None:
            return []
        bidding = bidding_organisations(call)
        seats = list(Seat.objects.working().filter(committee=committee))
        theirs = organisations_of(seat.user_id for seat in seats)
        excluded = []
        for seat in seats:
            found = _exclusion(seat.organisation_id, theirs.get(seat.user_id, frozenset()), bidding)
            if found is None:
                continue
            seat.exclusion, seat.excluding_organisation_id = found
            seat.excluded_at = database_now()
            seat.save(update_fields=["exclusion", "excluding_organisation_id", "excluded_at"])
            _note("exclude_member", committee, actor, seat=seat.pk, user=seat.user_id, because=seat.exclusion)
            excluded.append(seat)
        if excluded and not committee.without_ngo_reason and _all_ngo_excluded(committee):
            committee.without_ngo_reason = Committee.WithoutNgo.ALL_EXCLUDED
            committee.save(update_fields=["without_ngo_reason"])
    return excluded


def _all_ngo_excluded(committee: Committee) -> bool:
    named = Seat.objects.current().filter(committee=committee, nominated_by=Seat.NominatedBy.NGO)
    return named.exists() and not named.filter(excluded_at__isnull=True).exists()


def _exclusion(
    named_by: UUID | None, belongs_to: frozenset[UUID], bidding: frozenset[UUID]
) -> tuple[Seat.Exclusion, UUID] | None:
    if named_by is not None and named_by in bidding:
        return Seat.Exclusion.NAMED, named_by
    both = sorted(belongs_to & bidding)
    return (Seat.Exclusion.BELONGS, both[0]) if both else None


def _seat(committee: Committee, asked: SeatAsked) -> Seat:
    _require_may_sit(asked)
    _require_apart(committee.call, asked)
    by_ngo = asked.organisation_id is not None
    seat = Seat(
        committee=committee,
        user_id=asked.user_id,
        role=asked.role,
        nominated_by=Seat.NominatedBy.NGO if by_ngo else Seat.NominatedBy.EXECUTIVE,
        organisation_id=asked.organisation_id,
    )
    require_valid(seat)
    seat.save()
    return seat


def _require_may_sit(asked: SeatAsked) -> None:
    roles = permissions.known()[SIT_ON_COMMITTEE]
    members = Membership.objects.current().filter(
        tenant_id=require_tenant().id, user_id=asked.user_id, role__in=roles
    )
    if not members.exists():
        raise DomainError(
            "not_of_the_unit",
            _("This person holds no role with which one may sit on a committee: invite them to it first."),
            field="user",
            value=asked.user_id,
        )


def _require_apart(call: Call, asked: SeatAsked) -> None:
    """Before the opening nobody knows who bids, so every partner of the tenant counts as one that may."""
    theirs = organisations_of([asked.user_id]).get(asked.user_id, frozenset())
    if call.opened_at is not None:
        found = _exclusion(asked.organisation_id, theirs, bidding_organisations(call))
        if found is not None:
            _refuse("belongs_to_bidder", asked, found[1])
    partners = partner_ids()
    if asked.organisation_id is not None and asked.organisation_id not in partners:
        raise DomainError(
            "not_a_partner",
            _("Choose an organisation that works with the tenant."),
            field="organisation",
            value=asked.organisation_id,
        )
    both = sorted((theirs & partners) - {asked.organisation_id})
    if both:
        _refuse("belongs_to_partner", asked, both[0])


_REFUSALS = {
    "belongs_to_bidder": _(
        "{name}: “{organisation}” bids in this call and named this person or employs them, so the law excludes them "
        "(art. 15(2d)). Choose somebody else."
    ),
    "belongs_to_partner": _(
        "{name} works for “{organisation}”, which may bid. Choose somebody else, or appoint them as named by that "
        "organisation."
    ),
}


def _refuse(code: str, asked: SeatAsked, organisation_id: UUID) -> None:
    raise DomainError(
        code,
        format_lazy(
            _REFUSALS[code],
            name=names_of([asked.user_id]).get(asked.user_id, "–"),
            organisation=organisation_names([organisation_id]).get(organisation_id, "–"),
        ),
        field="user",
        value=asked.user_id,
    )


def fixed_fields(committee: Committee) -> frozenset[str]:
    """What of the order can no longer change; `committee.call` must be at hand."""
    if committee.scoring_closed_at is not None:
        return frozenset(_FIXED) | {"order_number", "appointed_on"}
    return frozenset(_FIXED) if committee.call.opened_at is not None else frozenset()


def _require_changeable(committee: Committee, changed: set[str]) -> None:
    problems = [
        Problem("order_fixed", _FIXED.get(name, _FIXED_WITH_SCORING), name)
        for name in sorted(changed & fixed_fields(committee))
    ]
    if problems:
        raise DomainError(
            "invalid", _("The order was not changed: correct what is marked."), problems=problems
        )


def _require_appointing(call: Call) -> None:
    if call.is_template or call.state not in _APPOINTING:
        raise DomainError(
            "wrong_state",
            _("A committee is appointed and changed until the organ has decided on the call or annulled it."),
            field="state",
            value=call.state,
        )


def _shown(committee: Committee) -> list[dict[str, str]]:
    return [
        {"seat": str(seat.pk), "user": str(seat.user_id), "role": seat.role} for seat in committee.seats.all()
    ]


def _note(verb: str, committee: Committee, actor: Actor, **facts: Any) -> None:
    record(
        verb,
        actor=actor,
        subject_type="committee",
        subject_id=committee.pk,
        payload={"call": committee.call_id, **facts},
    )
