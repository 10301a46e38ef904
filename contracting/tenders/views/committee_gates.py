"""Gates of the committee's pages: what is not the person's is not found, what is not theirs yet says why."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from contracting.tenders.models import Call, Committee, Offer, Seat
from contracting.tenders.permissions import (
    APPOINT_COMMITTEE,
    DECIDE_CALLS,
    EDIT_CALLS,
    EXCLUDED,
    may_read_content,
)
from contracting.tenders.queries.standing import Standing, committee_of, standing_of
from kernel.doors import Request
from kernel.errors import NotAllowed
from kernel.permissions import ALLOWED, Verdict, denied
from tenants.roles import Role


@dataclass(frozen=True)
class Room:
    """A call with its committee, and how the person stands in it.

    `inside` says whether they may see its work, `by_role` whether they prepare calls or decide on them.
    """

    call: Call
    committee: Committee | None
    standing: Standing
    inside: Verdict
    by_role: bool = False

    @property
    def seat(self) -> Seat | None:
        """The seat on which the person may act."""
        return None if self.standing.is_excluded else self.standing.seat

    @property
    def declares(self) -> bool:
        """Whether the person says here if they are impartial: members, and whoever checks or decides by their role."""
        return not self.standing.is_excluded and (self.standing.seat is not None or self.by_role)


def is_office(request: Request) -> bool:
    """Whether the person works on calls by their role: prepares, appoints, decides or inspects."""
    access = request.access
    by_role = any(access.may(name) for name in (EDIT_CALLS, APPOINT_COMMITTEE, DECIDE_CALLS))
    return access.sees_all_organisations and (by_role or Role.INSPECTOR in access.roles)


def room_of(request: Request, pk: Any) -> Room:
    """The call for whoever holds a seat, or works on calls by their role; not found for anybody else."""
    call = get_object_or_404(Call.objects.visible_to(request.access).real().select_related("service"), pk=pk)
    standing = standing_of(request.access.actor.user_id, call)
    if standing.seat is None and not is_office(request):
        raise Http404
    by_role = any(request.access.may(name) for name in (EDIT_CALLS, DECIDE_CALLS))
    return Room(call, committee_of(call), standing, _inside(request, call, standing), by_role)


def _inside(request: Request, call: Call, standing: Standing) -> Verdict:
    """Points, ranking and papers are for members who take part, for those who decide, later for inspectors."""
    if standing.is_excluded:
        return denied(EXCLUDED)
    if standing.seat is None and not request.access.may(EDIT_CALLS) and call.decided_at is None:
        return denied(_("This can be read once the organ has decided."))
    return ALLOWED


def require_inside(room: Room) -> None:
    """Refuse whoever may not see the committee's work; raises NotAllowed with the reason."""
    if not room.inside:
        raise NotAllowed("excluded" if room.standing.is_excluded else "not_decided", room.inside.reason)


def offer_of(request: Request, pk: Any) -> tuple[Offer, Room]:
    """An opened offer whose content the person may read.

    Raises NotAllowed with the reason where they may not read it yet, or never.
    """
    offer = get_object_or_404(
        Offer.objects.visible_to(request.access)
        .filter(opened__isnull=False)
        .select_related("call__service", "lot", "organisation", "opened__sealed", "formal_check")
        .defer("draft", "opened__sealed__ciphertext"),
        pk=pk,
    )
    room = room_of(request, offer.call_id)
    verdict = may_read_content(request.access, offer, standing=room.standing)
    if not verdict:
        raise NotAllowed("content_closed", verdict.reason)
    return offer, room
