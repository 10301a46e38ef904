"""Three offers that a committee has scored, and its steps up to the organ's decision, for tests of what follows."""

from typing import Any

from contracting.tenders.actions.deciding import Decision
from contracting.tenders.actions.opinions import Opinion, adopt_opinion, proposals_of, write_joint_note
from contracting.tenders.models import Award, FormalCheck
from contracting.tenders.queries.comparison import comparisons_of
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, build_judging
from tests.factories.judging import close, pass_form, score
from tests.factories.tenders import declare_all

# Points of the three members on the concept (of 20) and the staff (of 10), by offer.
POINTS = {
    1: ((18, 9), (17, 8), (16, 9)),
    2: ((12, 7), (11, 8), (13, 6)),
    3: ((19, 2), (8, 9), (18, 8)),
}


def build_scored(tenant: Tenant) -> JudgingWorld:
    """Three offers scored by three members, the third with points far apart, and one refused on form.

    There are 250 000 zł, and each asks for 100 000.
    """
    made = build_judging(tenant, offers=4, lots=["250000.00"])
    with tenant_scope(tenant):
        declare_all(made.committee)
        FormalCheck.objects.create(offer=made.offers[3], result="failed", reason="Brak statutu")
        pass_form(made.call)
        for offer in made.offers[:3]:
            for place, (concept, staff) in enumerate(POINTS[offer.number or 0]):
                points = {"Koncepcja usługi": concept, "Kadra": staff}
                score(made.seat(place), offer, points, reason=f"Powód członka {place + 1}")
        close(made.committee)
        made.committee.refresh_from_db()
    return made


def code_of(caught: Any) -> set[str]:
    return {caught.value.code, *(problem.code for problem in caught.value.problems)}


def page(world: JudgingWorld, address: str, person: Any = None) -> str:
    answer = world.client(person or world.people[0]).get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def note_all(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        (comparison,) = comparisons_of(world.committee)
        for offer_id, criterion_id in comparison.notes_missing:
            offer = comparison.offers[offer_id]
            criterion = next(one for one in comparison.criteria if one.pk == criterion_id)
            write_joint_note(offer, criterion, text="Ustalono po rozmowie: różne wagi", actor=world.actor(1))


def adopt(world: JudgingWorld, **changed: Opinion) -> list[Award]:
    """The opinion that rank and money propose, but for offers given by number (`o2=…`)."""
    with tenant_scope(world.tenant):
        (comparison,) = comparisons_of(world.committee)
        opinions = proposals_of(comparison)
        for name, opinion in changed.items():
            opinions[world.offers[int(name[1:]) - 1].pk] = opinion
        return adopt_opinion(world.call, opinions, actor=world.actor(0))


def decisions(world: JudgingWorld, **changed: Decision) -> dict[Any, Decision]:
    found = {
        award.offer_id: Decision(award.opinion, award.opinion_amount)
        for award in Award.objects.select_related("offer")
    }
    for name, decision in changed.items():
        found[world.offers[int(name[1:]) - 1].pk] = decision
    return found
