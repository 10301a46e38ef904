"""The committee as its page and the rules see it: seats with names, gaps, what each seat declared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracting.commissioning.law import Limit, rows_by_code
from contracting.commissioning.rules.limits import in_force
from contracting.tenders.models import Call, Committee, Declaration, OpenedOffer, Seat
from contracting.tenders.queries.standing import bidders_of
from contracting.tenders.rules.announcing import OPEN_CALLS
from contracting.tenders.rules.committees import Gap, Member, gaps_of
from kernel.errors import Sentence
from kernel.tenancy import require_tenant
from tenants.models import Membership, Organisation, Partnership

_GAPS = {
    Gap.NO_CHAIR: _(
        "The committee appointed under art. 15(2a) has no chair who may act: the director appoints one."
    ),
    Gap.BELOW_QUORUM: _(
        "The committee appointed under art. 15(2a) has fewer members with a vote than the quorum of its order: the "
        "director appoints others; until the opening the quorum can be lowered, too."
    ),
    Gap.NO_NGO: _(
        "Fewer persons named by organisations sit on the committee than the law asks for ({least}, {article}): the "
        "director appoints somebody, or gives in the order the reason of art. 15(2da)."
    ),
    Gap.NO_EXECUTIVE: _(
        "Fewer persons of the executive sit on the committee than the law asks for ({least}, {article}): the "
        "director appoints somebody."
    ),
}
_CODES = {Gap.NO_NGO: "committee_ngo_persons_min", Gap.NO_EXECUTIVE: "committee_executive_persons_min"}


@dataclass(frozen=True)
class Lack:
    """What a committee lacks to work, with its article and who mends it."""

    gap: Gap
    sentence: Sentence


def member_of(seat: Seat, *, as_of: datetime | None = None) -> Member:
    """The seat as the rules see it, now or as it stood at a moment."""
    return Member(
        seat.pk,
        is_chair=seat.role == Seat.Role.CHAIR,
        has_vote=seat.role != Seat.Role.EXPERT,
        is_from_ngo=seat.nominated_by == Seat.NominatedBy.NGO,
        works=not (_is_gone(seat.released_at, as_of) or _is_gone(seat.excluded_at, as_of)),
    )


def _is_gone(moment: datetime | None, as_of: datetime | None) -> bool:
    return moment is not None and (as_of is None or moment <= as_of)


def lacks_in(
    committee: Committee, seats: Iterable[Seat], known: Mapping[str, list[Limit]] | None = None
) -> list[Lack]:
    """What the committee lacks to work, by the law of the day of its order; `committee.call` must be at hand.

    `known` are the rows of the law, for whoever asks about many committees; without them one query.
    """
    asked = _composition(committee, known)
    found = gaps_of(
        [member_of(seat) for seat in seats],
        committee.quorum,
        ngo_min=_least(asked.get(Gap.NO_NGO)),
        executive_min=_least(asked.get(Gap.NO_EXECUTIVE)),
        without_ngo_reason=committee.without_ngo_reason,
    )
    return [Lack(gap, _sentence_of(gap, asked.get(gap))) for gap in found]


def _composition(committee: Committee, known: Mapping[str, list[Limit]] | None) -> dict[Gap, Limit]:
    """Who must sit on the committee of an open call; a committee of another call is free in it."""
    if committee.call.kind not in OPEN_CALLS:
        return {}
    rows = rows_by_code() if known is None else known
    held = {gap: in_force(rows[code], committee.appointed_on) for gap, code in _CODES.items()}
    return {gap: row for gap, row in held.items() if row is not None}


def _least(row: Limit | None) -> int:
    return row.whole if row is not None else 0


def _sentence_of(gap: Gap, row: Limit | None) -> Sentence:
    return format_lazy(_GAPS[gap], least=row.whole, article=row.article) if row is not None else _GAPS[gap]


def gaps_in(committee: Committee, seats: Iterable[Seat]) -> list[Gap]:
    """The same as codes alone."""
    return [lack.gap for lack in lacks_in(committee, seats)]


def lacks_now(committee: Committee) -> list[Lack]:
    """What the committee lacks as its seats stand in the database; two queries, the call aside."""
    return lacks_in(committee, Seat.objects.filter(committee=committee))


def gap_sentences(committee: Committee) -> list[Sentence]:
    """A sentence for each gap, with its article and who mends it."""
    return [lack.sentence for lack in lacks_now(committee)]


def declared_by_offer(committee: Committee) -> dict[UUID, dict[UUID, bool]]:
    """Offer id → seat id → impartial; one query."""
    found: dict[UUID, dict[UUID, bool]] = {}
    rows = Declaration.objects.filter(seat__committee=committee).values_list(
        "offer_id", "seat_id", "impartial"
    )
    for offer_id, seat_id, impartial in rows:
        found.setdefault(offer_id, {})[seat_id] = impartial
    return found


def names_of(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Full names of people by id."""
    rows = User.objects.filter(pk__in=set(user_ids)).values_list("pk", "full_name", "email")
    return {pk: name or email for pk, name, email in rows}


def organisation_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of organisations by id."""
    wanted = {one for one in ids if one}
    return dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def organisations_of(user_ids: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The organisations that people work for, in any tenant: user id → organisation ids."""
    found: dict[UUID, set[UUID]] = {}
    rows = (
        Membership.objects.current()
        .filter(user_id__in=set(user_ids), organisation__isnull=False)
        .values_list("user_id", "organisation_id")
    )
    for user_id, organisation_id in rows:
        if organisation_id is not None:
            found.setdefault(user_id, set()).add(organisation_id)
    return {user_id: frozenset(ids) for user_id, ids in found.items()}


def partner_ids() -> frozenset[UUID]:
    """The organisations that work with the tenant at hand today."""
    partners = Partnership.objects.current().filter(tenant_id=require_tenant().id)
    return frozenset(partners.values_list("organisation_id", flat=True))


def bidding_organisations(call: Call) -> frozenset[UUID]:
    """Leaders and partners of the opened offers; nobody before the opening, so that nothing leaks."""
    opened = [row.offer for row in OpenedOffer.objects.filter(offer__call=call).select_related("offer")]
    return frozenset().union(*bidders_of(opened).values()) if opened else frozenset()


@dataclass(frozen=True)
class SeatLine:
    """A seat with what its page says of it."""

    seat: Seat
    name: str
    named_by: str
    excluded_by: str

    @property
    def works(self) -> bool:
        return self.seat.released_at is None and self.seat.excluded_at is None


def seat_lines(seats: Iterable[Seat]) -> list[SeatLine]:
    """Seats with names; two queries."""
    rows = list(seats)
    names = names_of(seat.user_id for seat in rows)
    organisations = organisation_names(
        one for seat in rows for one in (seat.organisation_id, seat.excluding_organisation_id)
    )
    return [
        SeatLine(
            seat,
            names.get(seat.user_id, "–"),
            organisations.get(seat.organisation_id, "") if seat.organisation_id else "",
            organisations.get(seat.excluding_organisation_id, "") if seat.excluding_organisation_id else "",
        )
        for seat in rows
    ]
