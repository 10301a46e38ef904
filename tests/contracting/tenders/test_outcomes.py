"""After the scoring: comparison, joint notes, opinion, protocol, the organ's decision and what follows from it."""

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from contracting.tenders import hooks
from contracting.tenders.actions import deciding
from contracting.tenders.actions.deciding import Decision, decide_offers, publish_results
from contracting.tenders.actions.opinions import Opinion, adopt_opinion, proposals_of, write_joint_note
from contracting.tenders.actions.protocols import compose_protocol, register_signature
from contracting.tenders.models import Award, Call, Committee, FormalCheck, JointNote, Protocol, Score, Seat
from contracting.tenders.queries.comparison import comparisons_of
from contracting.tenders.queries.justifying import justification_text
from documents.actions import open_file
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, build_judging
from tests.factories.judging import close, pass_form, score
from tests.factories.people import OrganisationFactory
from tests.factories.tenders import declare_all, opened_offer

pytestmark = pytest.mark.django_db

# Points of the three members on the concept (of 20) and the staff (of 10), by offer.
POINTS = {
    1: ((18, 9), (17, 8), (16, 9)),
    2: ((12, 7), (11, 8), (13, 6)),
    3: ((19, 2), (8, 9), (18, 8)),
}


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    """Three offers scored by three members, the third with points far apart; 250 000 zł, each asks for 100 000."""
    made = build_judging(alfa, offers=4, lots=["250000.00"])
    with tenant_scope(alfa):
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


@pytest.fixture
def lawful() -> Iterator[None]:
    """The proofs of publication, which other tests look at, are in order."""
    with mock.patch.object(deciding, "require_lawful"):
        yield


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


def test_the_matrix_has_averages_ranks_and_the_spread(world: JudgingWorld) -> None:
    html = page(world, world.url("compare"))
    rows = re.findall(r"<tr[^>]* data-row>(.*?)</tr>", html, re.S)
    shown = [
        (
            re.findall(r'class="num rank">(\S+)<', row)[0],
            re.findall(r"Fundacja Jodła (\d)", row)[0],
            re.findall(r"<b>([\d,]+)</b>", row)[0],
        )
        for row in rows
    ]
    # 40/40×40 + 17/20×35 + 26/3/10×25; 40/42×40 + 12/20×35 + 7/10×25; 40/44×40 + 15/20×35 + 19/3/10×25
    assert shown == [("1", "1", "91,42"), ("2", "3", "78,45"), ("3", "2", "76,60")]
    assert html.count("is-wide") == 2
    assert "Fundacja Jodła 4" in html.split("Nieporównywane")[1]
    assert "Zmiana żadnej z wag o 5 punktów tego nie zmienia" in html


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("rank", "132"), ("-rank", "231"), ("number", "123"), ("-number", "321"), ("c1", "321"), ("-c2", "132"),
        ("c3", "321"), ("-spread", "321"), ("total", "231"), ("bidder", "123"), ("price", "123"), ("c9", "132"), ("zzz", "132"),
    ],
)  # fmt: skip
def test_every_column_sorts(world: JudgingWorld, sort: str, order: str) -> None:
    html = page(world, world.url("compare") + f"?sort={sort}")
    assert "".join(re.findall(r"data-row>.*?Fundacja Jodła (\d)", html, re.S)) == order


def test_members_points_show_on_demand(world: JudgingWorld) -> None:
    assert "18 · 17 · 16" not in page(world, world.url("compare"))
    assert "18 · 17 · 16" in page(world, world.url("compare") + "?marks=1")


def test_weights_are_tried_out_and_change_nothing(world: JudgingWorld) -> None:
    html = page(world, world.url("compare") + "?w1=100&w2=0&w3=0")
    assert "wagi próbne" in html
    assert "".join(re.findall(r"data-row>.*?Fundacja Jodła (\d)", html, re.S)) == "123"
    assert "100,00" in html
    html = page(world, world.url("compare") + "?w1=40&w2=35&w3=25")
    assert "wagi próbne" not in html
    for junk in ("?w1=-5", "?w1=abc", "?w1=99999999999", "?w1=0&w2=0&w3=0", "?lot=77", "?lot=x"):
        page(world, world.url("compare") + junk)
    with tenant_scope(world.tenant):
        assert list(world.call.criteria.values_list("weight", flat=True)) == [40, 35, 25]


def test_a_cell_shows_points_reasons_and_the_passage_of_the_offer(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        criterion = world.call.criteria.get(position=2)
    address = world.url("offers", world.offers[0], "points", criterion)
    html = page(world, address)
    for expected in (
        "Powód członka 1",
        "Członek 3",
        "17,00",
        "organisation Fundacja Jodła 1: opis koncepcji",
    ):
        assert expected in html
    fragment = world.client(world.people[0]).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "Powód członka 1" in fragment


def test_two_offers_stand_side_by_side(world: JudgingWorld) -> None:
    first, second, _third, failed = world.offers
    html = page(world, world.url("compare/two") + f"?offer={first.pk}&offer={second.pk}")
    assert html.count("opis koncepcji") >= 2
    assert "91,42" in html
    assert "76,60" in html
    client = world.client(world.people[0])
    for query in ("", f"?offer={first.pk}", f"?offer={first.pk}&offer={failed.pk}", "?offer=x&offer=y"):
        assert client.get(world.url("compare/two") + query).url == world.url("compare")


def test_a_joint_note_is_asked_for_before_the_opinion(world: JudgingWorld) -> None:
    with pytest.raises(DomainError) as caught:
        adopt(world)
    assert caught.value.code == "notes_missing"
    assert len(caught.value.problems) == 2
    with tenant_scope(world.tenant):
        criterion = world.call.criteria.get(position=3)
    address = world.url("offers", world.offers[2], "points", criterion)
    client = world.client(world.people[1])
    assert client.post(address, {"text": "  "}).status_code == 422
    assert client.post(address, {"text": "Zgoda co do 8 punktów"}).status_code == 302
    assert world.client(world.director).post(address, {"text": "x"}).status_code in {403, 422}
    with tenant_scope(world.tenant):
        assert JointNote.objects.get().text == "Zgoda co do 8 punktów"


def test_the_opinion_begins_with_rank_and_money(world: JudgingWorld) -> None:
    note_all(world)
    html = page(world, world.url("opinion"))
    assert 'value="100000,00"' in html
    assert 'value="50000,00"' in html
    adopt(world)
    with tenant_scope(world.tenant):
        found = {
            award.offer.number: (award.rank, award.points, award.opinion, award.opinion_amount)
            for award in Award.objects.select_related("offer")
        }
    assert found == {
        1: (1, Decimal("91.42"), "granted", Decimal("100000.00")),
        3: (2, Decimal("78.45"), "granted", Decimal("100000.00")),
        2: (3, Decimal("76.60"), "granted", Decimal("50000.00")),
        4: (None, None, "rejected", None),
    }


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"o2": Opinion("granted", Decimal("50000.01"))}, "over_funds"),
        ({"o1": Opinion("granted", Decimal("100000.01"))}, "amount_wrong"),
        ({"o1": Opinion("granted", Decimal(0))}, "amount_wrong"),
        ({"o1": Opinion("granted")}, "amount_wrong"),
        ({"o1": Opinion("reserve")}, "differs_without_reason"),
        ({"o4": Opinion("granted", Decimal(1), "x")}, "form_decides"),
        ({"o1": Opinion("rejected", None, "x")}, "form_decides"),
    ],
)
def test_an_opinion_that_cannot_be_is_refused_whole(world: JudgingWorld, changed: Any, code: str) -> None:
    note_all(world)
    with pytest.raises(DomainError) as caught:
        adopt(world, **changed)
    assert code in code_of(caught)
    with tenant_scope(world.tenant):
        assert not Award.objects.exists()


def test_only_chair_and_secretary_enter_the_opinion_before_the_decision(world: JudgingWorld) -> None:
    note_all(world)
    with tenant_scope(world.tenant):
        with pytest.raises(DomainError) as caught:
            adopt_opinion(world.call, {}, actor=world.actor(2))
        assert caught.value.code == "not_chair_or_secretary"
        Committee.objects.update(scoring_closed_at=None)
        with pytest.raises(DomainError) as caught:
            adopt_opinion(world.call, {}, actor=world.actor(0))
        assert caught.value.code == "scoring_open"


def test_the_organ_may_differ_with_a_reason_only(world: JudgingWorld) -> None:
    note_all(world)
    adopt(world)
    with tenant_scope(world.tenant):
        actor = world.director_actor
        for decision, code in (
            (Decision("reserve"), "differs_without_reason"),
            (Decision("granted", Decimal("90000.00")), "differs_without_reason"),
            (Decision("granted", Decimal("100000.01"), "x"), "amount_wrong"),
            (Decision("rejected", None, "x"), "form_decides"),
        ):
            with pytest.raises(DomainError) as caught:
                decide_offers(world.call, decisions(world, o1=decision), actor=actor)
            assert code in code_of(caught)
        with pytest.raises(DomainError) as caught:
            decide_offers(
                world.call, decisions(world, o2=Decision("granted", Decimal("60000"), "więcej")), actor=actor
            )
        assert "over_funds" in code_of(caught)
        assert not Award.objects.exclude(decision="").exists()
        decide_offers(
            world.call, decisions(world, o2=Decision("refused", None, "cena za wysoka")), actor=actor
        )
        award = Award.objects.get(offer=world.offers[1])
        assert (award.decision, award.amount, award.reason) == ("refused", None, "cena za wysoka")


def test_results_are_published_once_and_each_grant_is_told(world: JudgingWorld, lawful: None) -> None:
    note_all(world)
    adopt(world)
    told: list[Any] = []
    published: list[Any] = []
    with (
        mock.patch.object(hooks.awarded, "_subscribers", [lambda award: told.append(award.offer_id)]),
        mock.patch.object(
            hooks.results_published, "_subscribers", [lambda call, actor: published.append(call.pk)]
        ),
    ):
        client = world.client(world.director)
        assert client.post(world.url("decision/publish")).status_code == 422
        form = {}
        with tenant_scope(world.tenant):
            for award in Award.objects.all():
                form |= {
                    f"outcome-{award.offer_id}": award.opinion,
                    f"amount-{award.offer_id}": ""
                    if award.opinion_amount is None
                    else f"{award.opinion_amount}",
                    f"reason-{award.offer_id}": "",
                }
        assert client.post(world.url("decision"), form).url == world.url("decision/publish")
        html = page(world, world.url("decision/publish"), world.director)
        assert "Fundacja Jodła 3" in html
        assert client.post(world.url("decision/publish")).status_code == 302
        assert client.post(world.url("decision/publish")).status_code == 422
    assert sorted(told) == sorted(offer.pk for offer in world.offers[:3])
    assert published == [world.call.pk]
    with tenant_scope(world.tenant):
        call = Call.objects.get(pk=world.call.pk)
        assert call.state == Call.State.DECIDED
        with pytest.raises(DomainError):
            adopt(world)
        with pytest.raises(DomainError):
            decide_offers(call, decisions(world), actor=world.director_actor)


def test_no_opinion_no_decision(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant), pytest.raises(DomainError) as caught:
        decide_offers(world.call, {}, actor=world.director_actor)
    assert caught.value.code == "no_opinion"
    with tenant_scope(world.tenant), pytest.raises(DomainError) as caught:
        publish_results(world.call, actor=world.director_actor)
    assert {"not_all_decided", "not_lawful"} & code_of(caught)


def pdf_of(protocol: Protocol) -> tuple[bytes, PdfReader, str]:
    with open_file(protocol.stored) as file:
        content = file.read()
    reader = PdfReader(io.BytesIO(content))
    text = " ".join(one.extract_text() for one in reader.pages)
    return content, reader, re.sub(r"\s+", " ", text)


def test_the_protocol_is_a_tagged_pdf_that_says_everything(world: JudgingWorld) -> None:
    note_all(world)
    adopt(world, o2=Opinion("reserve", None, "poczekać na środki"))
    with tenant_scope(world.tenant):
        Seat.objects.filter(user_id=world.people[2].pk).update(nominated_by="executive")
        with translation.override("en"):
            protocol = compose_protocol(world.call, actor=world.actor(0))
        content, reader, text = pdf_of(protocol)
        root: Any = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert "/StructTreeRoot" in root
        assert root["/Lang"] == "pl"
        assert b"pdfuaid" in content
        expected = [
            "Protokół z prac komisji konkursowej", "K/1/2026", "Z/12/2026", "Kworum", "żadna organizacja nikogo nie wskazała",
            "Brak statutu", "odrzucona formalnie", "poczekać na środki", "Ustalono po rozmowie: różne wagi", "91,42", "78,45",
            *(f"Członek {place}" for place in (1, 2, 3)),
            *(f"Fundacja Jodła {place}" for place in (1, 2, 3, 4)),
            *(f"Powód członka {place}: {criterion}" for place in (1, 2, 3) for criterion in ("Koncepcja usługi", "Kadra")),
        ]  # fmt: skip
        missing = [words for words in expected if words not in text]
        assert missing == []
        # All points of all members are there: as many reasons as scores.
        assert len(re.findall(r"Powód członka \d: ", text)) == Score.objects.count()


def test_the_same_facts_give_the_same_protocol_and_a_change_a_new_version(world: JudgingWorld) -> None:
    note_all(world)
    adopt(world)
    with tenant_scope(world.tenant):
        first = compose_protocol(world.call, actor=world.actor(0))
        again = compose_protocol(world.call, actor=world.actor(1))
        assert again.pk == first.pk
        before, _reader, _text = pdf_of(first)
    adopt(world, o2=Opinion("refused", None, "zbyt drogo"))
    with tenant_scope(world.tenant):
        second = compose_protocol(world.call, actor=world.actor(0))
        assert (second.version, second.sha256 != first.sha256) == (2, True)
        assert "zbyt drogo" in pdf_of(second)[2]
        assert pdf_of(first)[0] == before
        with pytest.raises(DomainError) as caught:
            register_signature(first, world.seat(0), signed=True, actor=world.actor(0))
        assert caught.value.code == "not_newest"
    client = world.client(world.people[0])
    address = world.url("protocols", second, "sign")
    seat = str(world.seat(1).pk)
    assert client.post(address, {"seat": seat, "signed": "no", "remark": ""}).status_code == 422
    assert client.post(address, {"seat": seat, "signed": "no", "remark": "zdanie odrębne"}).status_code == 302
    assert client.post(address, {"seat": seat, "signed": "yes"}).status_code == 422
    assert "zdanie odrębne" in page(world, world.url("protocol"))
    answer = client.get(world.url("protocols", second, "pdf"))
    assert answer.content.startswith(b"%PDF")


def test_exports_hold_all_scores_and_run_nothing(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        Score.objects.filter(points=18).update(reason="=CMD|' /C calc'!A0")
        world.organisations[0].__class__.objects.filter(pk=world.organisations[0].pk).update(name="+Fundacja")
    client = world.client(world.people[0])
    text = client.get(world.url("compare/csv")).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[1][1:4] == ["1", "1", "'+Fundacja"]
    head = {title: place for place, title in enumerate(rows[0])}
    assert rows[1][head["Koncepcja usługi: Członek 2"]] == "17,00"
    assert rows[1][head["Punkty na 100"]] == "91,42"
    assert len(rows) == 4
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(world.url("compare/xlsx")).content))
    offers, reasons = (book.get_sheet_by_index(place).to_python() for place in (0, 1))
    assert offers[1][head["Koncepcja usługi: Członek 2"]] == 17
    assert len(reasons) == 1 + 18
    assert "'=CMD|' /C calc'!A0" in {row[6] for row in reasons}
    assert not any(str(cell)[:1] in "=+@" and str(cell) for row in [*rows, *offers, *reasons] for cell in row)


def test_the_letter_of_justification_is_made_of_reasons_and_names_no_member(
    world: JudgingWorld, lawful: None
) -> None:
    note_all(world)
    adopt(world)
    with tenant_scope(world.tenant):
        decide_offers(world.call, decisions(world), actor=world.director_actor)
        publish_results(world.call, actor=world.director_actor)
        call = Call.objects.get(pk=world.call.pk)
        whole, one = justification_text(call), justification_text(call, world.offers[2])
    for words in ("Powód członka 2: Kadra", "Ustalono po rozmowie", "Brak statutu", "miejsce 1 z 3", "100"):
        assert words in whole
    assert "Fundacja Jodła 3" in one
    assert "Fundacja Jodła 1" not in one
    assert not re.search(r"Członek \d", whole)


def test_the_comparison_costs_the_same_for_any_number_of_offers(world: JudgingWorld) -> None:
    client = world.client(world.people[0])

    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    addresses = [world.url("compare"), world.url("opinion"), world.url("compare/csv")]
    before = [cost(address) for address in addresses]
    with tenant_scope(world.tenant):
        for place in range(5):
            offer = opened_offer(world.call, OrganisationFactory(name=f"Kolejna {place}"))
            pass_form(world.call)
            for seat in Seat.objects.all():
                seat.declarations.create(offer=offer, impartial=True)
                score(seat, offer)
    assert [cost(address) for address in addresses] == before
    assert max(before) <= 25
