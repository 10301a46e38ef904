"""The demo's committees: five invented members who declare, score and decide by the verbs that people would use."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from contracting.tenders.actions.checking import PointChecked, conclude_check
from contracting.tenders.actions.closing_scores import finish_scoring
from contracting.tenders.actions.committees import SeatAsked, appoint
from contracting.tenders.actions.deciding import Decision, decide_offers, publish_results
from contracting.tenders.actions.declaring import Declared, declare
from contracting.tenders.actions.opinions import adopt_opinion, proposals_of, write_joint_note
from contracting.tenders.actions.protocols import compose_protocol, register_signature
from contracting.tenders.actions.scoring_desk import Mark, save_marks
from contracting.tenders.models import Award, Call, Committee, Criterion, Offer, Seat
from contracting.tenders.queries.comparison import comparisons_of
from contracting.tenders.queries.desk import merit_criteria, opened_offers
from contracting.tenders.queries.formal import points_of
from contracting.tenders.queries.seats import partner_ids
from kernel.access import Actor
from kernel.money import to_grosz
from kernel.periods import local_date
from kernel.tenancy import public_scope, require_tenant
from reporting.demo.people import DOMAIN, PASSWORD
from tenants.access import actor_of
from tenants.models import Membership
from tenants.roles import Role

# Who sits beside the tenant's first committee member: local part of the address, invented name, function.
_MEMBERS = (
    ("sekretarz.komisji", "Grażyna Lipińska", Seat.Role.SECRETARY),
    ("komisja.wrzos", "Halina Wrzos", Seat.Role.MEMBER),
    ("komisja.jawor", "Krzysztof Jawor", Seat.Role.MEMBER),
    ("komisja.glog", "Elżbieta Głóg", Seat.Role.MEMBER),
)
_QUORUM = 3
_REASONS = (
    "Terminy i osoby odpowiedzialne są wskazane, zobowiązanie da się sprawdzić w dzienniczku wizyt.",
    "Opis rzeczowy, choć zasady w dni wolne są tylko ogólne.",
    "Rozwiązanie sprawdzone, koordynacja i zastępstwa opisane krok po kroku.",
    "Zgodne ze standardem; mało mierzalnych wskaźników.",
)
_NOTE = "Różnica wynika z innej wagi przypisanej doświadczeniu; po rozmowie członkowie podtrzymują punkty."
# Shares of the most points by rank of the offer's number, and how far each member stands from them.
_QUALITY = (Decimal("0.90"), Decimal("0.75"), Decimal("0.60"), Decimal("0.50"))
_TEMPER = (Decimal("0.00"), Decimal("0.05"), Decimal("-0.05"), Decimal("0.10"), Decimal("-0.05"))


def appoint_demo_committee(call: Call, director: User) -> Committee:
    """Five members for the call, one of them named by an organisation that does not bid, where there is one."""
    users = _people()
    bidding = set(call.offers.values_list("organisation_id", flat=True))
    free = sorted(partner_ids() - bidding)
    roles = [Seat.Role.CHAIR, *(role for _local, _name, role in _MEMBERS)]
    asked = [SeatAsked(user.pk, role) for user, role in zip(users, roles, strict=True)]
    if free:
        asked[3] = SeatAsked(users[3].pk, roles[3], organisation_id=free[0])
    today = local_date(timezone.now())
    return appoint(
        call,
        order_number=f"Zarządzenie {call.pk.hex[-3:].upper()}/{today.year}",
        appointed_on=today,
        quorum=_QUORUM,
        seats=asked,
        without_ngo_reason="" if free else Committee.WithoutNgo.NONE_NAMED,
        actor=actor_of(director),
    )


def _people() -> list[User]:
    """The tenant's first committee member as chair, and four more."""
    tenant = require_tenant()
    with public_scope():
        members = Membership.objects.current().filter(tenant_id=tenant.id, role=Role.COMMITTEE_MEMBER)
        first = members.filter(user__email__startswith="komisja.").select_related("user").first()
        users = [first.user] if first else [_user(f"komisja.{tenant.slug}", "Tomasz Buk")]
        users += [_user(f"{local}.{tenant.slug}", name) for local, name, _role in _MEMBERS]
        for user in users:
            Membership.objects.get_or_create(
                user=user, tenant_id=tenant.id, role=Role.COMMITTEE_MEMBER, organisation=None, ended_at=None
            )
    return users


def _user(local: str, name: str) -> User:
    email = f"{local}@{DOMAIN}"
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email, PASSWORD, full_name=name)


def judge_demo_call(call: Call, *, stage: str, director: User) -> Call:
    """Lead an opened call to a stage: "scoring" (the chair has all to do yet) or "decided" (results published)."""
    actors = _actors(call)
    offers = opened_offers(call)
    _declare_all(call, offers, actors)
    for offer in offers:
        fresh = Offer.objects.select_related("call", "lot", "opened__sealed").get(pk=offer.pk)
        met = {point.key: PointChecked(True) for point in points_of(fresh)}
        conclude_check(fresh, points=met, passed=True, actor=actors[1])
    criteria = merit_criteria(call)
    scoring = stage == "scoring"
    for place, actor in enumerate(actors):
        mine = [] if scoring and place == 0 else offers[: 1 if scoring and place == 4 else None]
        for row, offer in enumerate(mine):
            if not (place == 4 and row == 2):
                save_marks(offer, _marks(criteria, row, place), actor=actor)
    if scoring:
        for actor in actors[1:4]:
            finish_scoring(call, actor=actor)
        return call
    for actor in actors:
        finish_scoring(call, actor=actor)
    return _decide(call, actors, actor_of(director))


def _actors(call: Call) -> list[Actor]:
    seats = Seat.objects.working().filter(committee__call=call)
    users = User.objects.in_bulk([seat.user_id for seat in seats])
    return [actor_of(users[seat.user_id]) for seat in seats]


def _declare_all(call: Call, offers: Sequence[Offer], actors: Sequence[Actor]) -> None:
    """All are impartial, but for the last member towards the third offer."""
    for place, actor in enumerate(actors):
        answers: dict[UUID, Declared] = {offer.pk: Declared(True) for offer in offers}
        if place == 4 and len(offers) > 2:
            answers[offers[2].pk] = Declared(False, "członkini rodziny pracuje u oferenta")
        declare(call, answers, actor=actor)


def _marks(criteria: Sequence[Criterion], row: int, place: int) -> Mapping[UUID, Mark]:
    """Points in halves, and a reason; the same for the same offer, member and criterion."""
    found = {}
    for column, criterion in enumerate(criteria):
        share = _QUALITY[row % len(_QUALITY)] + _TEMPER[(place + column) % len(_TEMPER)]
        if (row, place, column) == (1, 2, 0):
            share = Decimal("0.30")
        share = min(Decimal(1), max(Decimal(0), share))
        points = (share * criterion.max_points * 2).to_integral_value() / 2
        found[criterion.pk] = Mark(points, _REASONS[(row + place + column) % len(_REASONS)])
    return found


def _decide(call: Call, actors: Sequence[Actor], director: Actor) -> Call:
    """Joint notes, opinion, protocol with signatures, decision as proposed, results."""
    committee = Committee.objects.select_related("call").get(call=call)
    proposals = {}
    for comparison in comparisons_of(committee):
        names = {criterion.pk: criterion for criterion in comparison.criteria}
        for offer_id, criterion_id in comparison.notes_missing:
            write_joint_note(comparison.offers[offer_id], names[criterion_id], text=_NOTE, actor=actors[1])
        proposals.update(proposals_of(comparison))
    adopt_opinion(call, proposals, actor=actors[0])
    protocol = compose_protocol(call, actor=actors[1])
    for seat in Seat.objects.working().filter(committee=committee):
        register_signature(protocol, seat, signed=True, actor=actors[1])
    decisions = {
        award.offer_id: Decision(
            award.opinion, None if award.opinion_amount is None else to_grosz(award.opinion_amount)
        )
        for award in Award.objects.filter(offer__call=call)
    }
    decide_offers(call, decisions, actor=director)
    return publish_results(call, actor=director)
