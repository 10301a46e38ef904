"""The pages of opinion, decision and publication: errors at their fields, the published decision as text."""

import re

import pytest

from contracting.tenders.actions.deciding import Decision, decide_offers, publish_results
from contracting.tenders.actions.protocols import compose_protocol, register_signature
from contracting.tenders.models import Award
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, let_director_declare
from tests.contracting.tenders.outcomes_world import adopt, build_scored, decisions, note_all, page

pytestmark = pytest.mark.django_db
REASON = "Oferta ma dotację\nz innego konkursu, na ten sam cel i te same osoby."


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    made = build_scored(alfa)
    let_director_declare(made)
    note_all(made)
    return made


def sent(world: JudgingWorld, **changed: str) -> dict[str, str]:
    """The form as the page begins; `amount_1="1"` changes a field of the first offer."""
    found = {}
    for award in Award.objects.all():
        found[f"outcome-{award.offer_id}"] = award.opinion
        found[f"amount-{award.offer_id}"] = f"{award.opinion_amount or ''}".replace(".", ",")
        found[f"reason-{award.offer_id}"] = ""
    for name, value in changed.items():
        part, place = name.split("_")
        found[f"{part}-{world.offers[int(place) - 1].pk}"] = value
    return found


@pytest.mark.parametrize(
    ("name", "changed", "at", "said"),
    [
        ("decision", {"amount_1": "100000,01", "reason_1": "x"}, "amount", "nie większa niż wnioskowana"),
        ("decision", {"outcome_1": "reserve"}, "reason", "różni się od opinii komisji"),
        ("decision", {"amount_1": "dużo"}, "amount", "dużo"),
        ("opinion", {"outcome_1": "reserve"}, "reason", "wynika z rankingu i środków"),
        ("opinion", {"amount_1": "0"}, "amount", "nie większa niż wnioskowana"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_with_what_was_typed(
    world: JudgingWorld, name: str, changed: dict[str, str], at: str, said: str
) -> None:
    adopt(world)
    with tenant_scope(world.tenant):
        form = sent(world, **changed)
    person = world.director if name == "decision" else world.people[0]
    answer = world.client(person).post(world.url(name), form)
    body, pk = answer.content.decode(), world.offers[0].pk
    assert answer.status_code == 422
    assert f'href="#id_{at}-{pk}"' in body
    error = re.search(rf'<p class="error" id="id_{at}-{pk}_error">(.*?)</p>', body)
    assert error and said in error.group(1)
    assert f'aria-describedby="id_{at}-{pk}_error"' in body
    for value in changed.values():
        assert value in body


def test_a_published_decision_is_read_as_text_with_what_comes_next(world: JudgingWorld) -> None:
    adopt(world)
    with tenant_scope(world.tenant):
        compose_protocol(world.call, actor=world.actor(1))
        refused = decisions(world, o1=Decision("refused", None, REASON))
        decide_offers(world.call, refused, actor=world.director_actor)
    before = page(world, world.url("decision"), world.director)
    assert "<textarea" in before and "calls/" + str(world.call.pk) + "/publications/" not in before
    with tenant_scope(world.tenant):
        publish_results(world.call, actor=world.director_actor)
    after = page(world, world.url("decision"), world.director)
    assert "<textarea" not in after and "disabled" not in after
    assert "z innego konkursu, na ten sam cel i te same osoby." in after
    for address in (f"/alfa/calls/{world.call.pk}/publications/", "/alfa/contracts/to-sign/"):
        assert f'href="{address}"' in after, address
    opinion = page(world, world.url("opinion"), world.people[2])
    assert "<textarea" not in opinion and "100 000,00" in opinion.replace("\xa0", " ")


def test_the_publication_names_members_whose_signature_is_not_registered(world: JudgingWorld) -> None:
    adopt(world)
    with tenant_scope(world.tenant):
        made = compose_protocol(world.call, actor=world.actor(1))
        decide_offers(world.call, decisions(world), actor=world.director_actor)
        register_signature(made, world.seat(0), signed=True, remark="", actor=world.actor(0))
        register_signature(made, world.seat(1), signed=False, remark="urlop", actor=world.actor(0))
    asked = page(world, world.url("decision") + "publish/", world.director)
    (notice,) = re.findall(r"Wersja 1 protokołu czeka na podpis 1 osoby.*?Przejdź", asked, re.S)
    assert "Członek 3" in notice and "Członek 1" not in notice
    with tenant_scope(world.tenant):
        register_signature(made, world.seat(2), signed=True, remark="", actor=world.actor(0))
    assert "czeka na podpis" not in page(world, world.url("decision") + "publish/", world.director)
