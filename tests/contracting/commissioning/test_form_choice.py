"""Step 3 through HTTP: comparing forms with points and reasons, what the law says, the director's choice."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from contracting.commissioning import steps
from contracting.commissioning.models import CostLine, Cycle, FormOption, LegalLimit, PaymentTable, ScopeItem
from kernel.tenancy import tenant_scope
from tests.factories.commissioning import make_cycle, put_at

CRITERIA = [
    {"code": "cost", "name": "Koszt", "weight": 40},
    {"code": "reach", "name": "Dostępność", "weight": 60},
]


@pytest.fixture
def cycle(alfa: Any) -> Cycle:
    """A cycle at step 3 with two criteria and two forms to compare."""
    with tenant_scope(alfa):
        made = put_at(make_cycle(), steps.FORM)
        Cycle.objects.update(form_criteria=CRITERIA)
        for form in ("entrust", "small_grant"):
            FormOption.objects.create(cycle=made, form=form)
        made.refresh_from_db()
    return made


def _text(page: Any) -> str:
    return " ".join(page.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def _refusal(page: Any) -> str:
    """The list of what needs correcting, as the page shows it."""
    found = re.search(r'class="error-summary".*?</ul>', _text(page))
    return re.sub(r"<[^>]+>", " ", found[0]) if found else ""


def _points(**changes: str) -> dict[str, str]:
    return {
        "entrust-cost-points": "3",
        "entrust-cost-reason": "Stawki organizacji są znane",
        "entrust-reach-points": "4",
        "entrust-reach-reason": "Trzy organizacje na miejscu",
        "small_grant-cost-points": "5",
        "small_grant-cost-reason": "Tanio",
        "small_grant-reach-points": "1",
        "small_grant-reach-reason": "Tylko 90 dni",
        "seen": "",
        **changes,
    }


def test_forms_are_compared_and_the_result_shown(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    client = sign_in("coordinator", alfa)
    address = f"/alfa/cycles/{cycle.pk}/form/points/"
    assert client.get(address).status_code == 200
    assert client.post(address, _points()).status_code == 302
    text = _text(client.get(f"/alfa/cycles/{cycle.pk}/form/"))
    # (40 × 3 + 60 × 4) / 500 = 72 %; (40 × 5 + 60 × 1) / 500 = 52 %.
    assert "72,0 %" in text and "52,0 %" in text and "Trzy organizacje na miejscu" in text
    with tenant_scope(alfa):
        assert FormOption.objects.get(form="entrust").scores["reach"] == {
            "points": 4, "reason": "Trzy organizacje na miejscu",
        }  # fmt: skip
        assert Entry.objects.filter(verb="score_forms").count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"entrust-cost-points": "6"}, "Koszt, powierzenie zadania (konkurs): punkty"),
        ({"entrust-cost-points": "x"}, "Koszt, powierzenie zadania (konkurs): punkty"),
        ({"entrust-cost-reason": " "}, "napisz w kilku słowach, skąd te punkty"),
    ],
)
def test_points_without_reason_or_beyond_five_are_refused(
    alfa: Any, sign_in: Any, cycle: Cycle, changes: dict[str, str], said: str
) -> None:
    answer = sign_in("coordinator", alfa).post(f"/alfa/cycles/{cycle.pk}/form/points/", _points(**changes))
    assert answer.status_code == 422 and said in _refusal(answer)
    with tenant_scope(alfa):
        assert all(option.scores == {} for option in FormOption.objects.all())


def test_a_cell_may_stay_empty_and_then_the_form_has_no_result(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    client = sign_in("coordinator", alfa)
    data = _points(**{"entrust-cost-points": "", "entrust-cost-reason": ""})
    assert client.post(f"/alfa/cycles/{cycle.pk}/form/points/", data).status_code == 302
    text = _text(client.get(f"/alfa/cycles/{cycle.pk}/form/"))
    assert "brakuje punktów" in text and "72,0 %" not in text


def test_two_people_at_once_learn_of_each_other(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    one, other = sign_in("coordinator", alfa), sign_in("director", alfa)
    address = f"/alfa/cycles/{cycle.pk}/form/points/"
    seen = one.get(address).context["form"].initial["seen"]
    assert other.post(address, _points(seen=seen)).status_code == 302
    late = one.post(address, _points(**{"entrust-cost-points": "1", "seen": seen}))
    assert late.status_code == 409
    with tenant_scope(alfa):
        assert FormOption.objects.get(form="entrust").scores["cost"]["points"] == 3


def _comparison(forms: list[str], *rows: tuple[str, str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "compared": forms, "seen": "", "criteria-TOTAL_FORMS": len(rows), "criteria-INITIAL_FORMS": 0,
    }  # fmt: skip
    for place, (name, weight, code) in enumerate(rows):
        data |= {
            f"criteria-{place}-name": name, f"criteria-{place}-weight": weight,
            f"criteria-{place}-code": code, f"criteria-{place}-ORDER": str(place + 1),
        }  # fmt: skip
    return data


def test_forms_and_criteria_are_chosen_and_points_of_what_is_gone_go(
    alfa: Any, sign_in: Any, cycle: Cycle
) -> None:
    client = sign_in("coordinator", alfa)
    client.post(f"/alfa/cycles/{cycle.pk}/form/points/", _points())
    address = f"/alfa/cycles/{cycle.pk}/form/criteria/"
    assert client.get(address).status_code == 200
    data = _comparison(["entrust", "own"], ("Koszt", "50", "cost"), ("Czas startu", "10", ""))
    assert client.post(address, data).status_code == 302
    with tenant_scope(alfa):
        assert Cycle.objects.get().form_criteria == [
            {"code": "cost", "name": "Koszt", "weight": 50}, {"code": "czas_startu", "name": "Czas startu", "weight": 10},
        ]  # fmt: skip
        assert set(FormOption.objects.values_list("form", flat=True)) == {"entrust", "own"}
        assert set(FormOption.objects.get(form="entrust").scores) == {"cost"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "co najmniej jednego kryterium"),
        ([("Koszt", "50", ""), ("koszt", "10", "")], "powtarza się"),
        ([("Koszt", "0", "")], "waga"),
        ([("Koszt", "101", "")], "waga"),
    ],
)
def test_wrong_criteria_are_refused(
    alfa: Any, sign_in: Any, cycle: Cycle, rows: list[tuple[str, str, str]], said: str
) -> None:
    address = f"/alfa/cycles/{cycle.pk}/form/criteria/"
    answer = sign_in("coordinator", alfa).post(address, _comparison(["entrust"], *rows))
    assert answer.status_code == 422 and said in _refusal(answer)
    with tenant_scope(alfa):
        assert Cycle.objects.get().form_criteria == CRITERIA and FormOption.objects.count() == 2


def test_suggested_criteria_stand_where_there_are_none(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    with tenant_scope(alfa):
        Cycle.objects.update(form_criteria=[])
    client = sign_in("coordinator", alfa)
    assert "Jakość i ciągłość dla osoby" in _text(client.get(f"/alfa/cycles/{cycle.pk}/form/criteria/"))
    assert client.get(f"/alfa/cycles/{cycle.pk}/form/points/").status_code == 302


def test_only_the_director_chooses_and_only_with_reasons(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    address = f"/alfa/cycles/{cycle.pk}/form/choose/small_grant/"
    assert sign_in("coordinator", alfa).post(address, {"reason": "bo tak"}).status_code == 403
    director = sign_in("director", alfa)
    director.post(f"/alfa/cycles/{cycle.pk}/form/points/", _points())
    page = _text(director.get(address))
    assert "„powierzenie zadania (konkurs)” ma więcej punktów (72,0 %)" in page
    assert director.post(address, {"reason": " "}).status_code == 422
    assert director.post(address, {"reason": "Zadanie próbne"}).status_code == 302
    assert director.get(f"/alfa/cycles/{cycle.pk}/form/choose/own/").status_code == 404
    other = f"/alfa/cycles/{cycle.pk}/form/choose/entrust/"
    assert director.post(other, {"reason": "Trzy lata, kilka organizacji"}).status_code == 302
    with tenant_scope(alfa):
        assert FormOption.objects.get(chosen=True).form == "entrust"
        entries = Entry.objects.filter(verb="choose_form").order_by("sequence")
        assert [(e.payload["before"], e.payload["after"]) for e in entries] == [
            (None, "small_grant"), ("small_grant", "entrust"),
        ]  # fmt: skip
    refused = director.post(
        f"/alfa/cycles/{cycle.pk}/form/criteria/", _comparison(["small_grant"], ("Koszt", "1", "cost"))
    )
    assert refused.status_code == 422 and "to wybrana forma" in _text(refused)


def test_the_gate_wants_two_compared_forms_and_a_choice(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    director = sign_in("director", alfa)
    gate = f"/alfa/cycles/{cycle.pk}/steps/form/pass/"
    refused = _text(director.post(gate, {"note": "wybrane"}))
    assert "co najmniej dwóm formom" in refused and "Dyrektor wybiera jedną formę" in refused
    # The open line of the gate leads to where one chooses; without forms to choose from, to where they are chosen.
    page = f"/alfa/cycles/{cycle.pk}/form/"
    assert f'href="{page}#law-title"' in director.get(page).content.decode()
    with tenant_scope(alfa):
        empty = put_at(make_cycle(title="Bez form"), steps.FORM)
    bare = director.get(f"/alfa/cycles/{empty.pk}/form/").content.decode()
    assert (
        f'href="/alfa/cycles/{empty.pk}/form/criteria/">Przejdź<span class="visually-hidden">: Jedna' in bare
    )
    director.post(f"/alfa/cycles/{cycle.pk}/form/points/", _points())
    assert "Dyrektor wybiera" in _text(director.post(gate, {"note": "wybrane"}))
    director.post(f"/alfa/cycles/{cycle.pk}/form/choose/entrust/", {"reason": "Trzy organizacje"})
    assert director.post(gate, {"note": "wybrane"}).status_code == 302
    late = director.post(f"/alfa/cycles/{cycle.pk}/form/choose/small_grant/", {"reason": "jednak"})
    assert late.status_code == 422
    with tenant_scope(alfa):
        assert FormOption.objects.get(chosen=True).form == "entrust"


def test_the_law_speaks_of_the_plan(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    client = sign_in("inspector", alfa)
    text = _text(client.get(f"/alfa/cycles/{cycle.pk}/form/"))
    assert "Koszt usługi nie jest jeszcze znany" in text and "przekracza wartość z przepisów" in text, (
        "a year is longer than the 90 days of a small grant"
    )
    with tenant_scope(alfa):
        Cycle.objects.update(period_to=date(2027, 3, 31))
        PaymentTable.objects.create(
            service=cycle.service, name="Odpłatność", source="uchwała", valid_from=date(2026, 1, 1),
            price_per_hour=Decimal("50.00"), bands=[],
        )  # fmt: skip
        ScopeItem.objects.create(
            cycle=cycle, activity=cycle.service.activities.first(), performer="carer", mode="together",
            times_week=3, minutes_each=60, persons=5,
        )  # fmt: skip
    text = _text(client.get(f"/alfa/cycles/{cycle.pk}/form/"))
    # 65 h a month, 3 months, 50 zł: 9 750,00 zł in 90 days fit a small grant.
    assert "9 750,00 zł" in text and "przekracza wartość z przepisów" not in text
    with tenant_scope(alfa):
        CostLine.objects.create(
            cycle=cycle, year=2027, kind="care_hours", unit_cost=Decimal("50.01"), quantity=200, amount=Decimal("10002.00")
        )  # fmt: skip
    text = _text(client.get(f"/alfa/cycles/{cycle.pk}/form/"))
    assert "10 002,00 zł" in text and "przekroczone" in text


@pytest.mark.parametrize(
    ("amount", "told", "kind"),
    [
        ("169999.99", "nie osiąga progu stosowania ustawy, 170 000,00 zł: obowiązuje regulamin", "note"),
        ("170000.00", "osiąga próg stosowania ustawy, 170 000,00 zł, i nie osiąga progu usług", "note"),
        ("3232500.00", "osiąga próg usług społecznych, 3 232 500,00 zł (art. 359)", "warn"),
    ],
)
def test_procurement_is_warned_of_its_thresholds(
    alfa: Any, sign_in: Any, cycle: Cycle, amount: str, told: str, kind: str
) -> None:
    with tenant_scope(alfa):
        FormOption.objects.create(cycle=cycle, form="procurement")
        for code, value in (
            ("procurement_threshold_pln", 170_000),
            ("social_services_threshold_pln", 3_232_500),
        ):
            LegalLimit.objects.create(
                code=code, value=value, unit="pln", valid_from=date(2026, 1, 1), article="art. 359", source="gazeta"
            )  # fmt: skip
        CostLine.objects.create(
            cycle=cycle, year=2027, kind="care_hours", unit_cost=Decimal(amount), quantity=1, amount=Decimal(amount)
        )  # fmt: skip
    director = sign_in("director", alfa)
    for address in ("form/", "form/choose/procurement/"):
        answer = director.get(f"/alfa/cycles/{cycle.pk}/{address}")
        text = _text(answer)
        assert told in text and "Tych wartości nikt jeszcze nie sprawdził" in text
        assert f"notice-{kind}" in answer.content.decode()


def test_queries_do_not_grow_with_forms(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    client = sign_in("director", alfa)
    addresses = [f"/alfa/cycles/{cycle.pk}/form/", f"/alfa/cycles/{cycle.pk}/form/points/"]

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    client.get(addresses[0])
    few = [asked(address) for address in addresses]
    with tenant_scope(alfa):
        for form in ("own", "support", "procurement", "partnership", "neighbour"):
            FormOption.objects.create(cycle=cycle, form=form)
    assert [asked(address) for address in addresses] == few
