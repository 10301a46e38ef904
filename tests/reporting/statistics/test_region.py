"""What leaves a tenant, and what the analyst of a region sees of it."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.access import Actor
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.compliance.hooks import approval_changed
from reporting.compliance.models import ContractMonth
from reporting.statistics.actions.publishing import publish
from reporting.statistics.actions.pushing import push_month
from reporting.statistics.figures import region_figures
from reporting.statistics.models import Fact, FactsBatch
from tenants.models import Tenant
from tests.factories.care import ContractFactory, DecisionFactory, ServiceFactory
from tests.factories.facts import batch_of, care_facts, care_told, small_tenant, told_of_care

OCTOBER = date(2026, 10, 1)
ACTOR = Actor.system("tests")


def _accept(decisions: list[Any], *, granted: int = 1200, delivered: int = 1100) -> ContractMonth:
    rows = [
        {"number": d.number, "granted_minutes": granted, "delivered_minutes": delivered, "deviations": []}
        for d in decisions
    ]
    return ContractMonth.objects.create(
        contract=decisions[0].contract,
        month=OCTOBER,
        state=ContractMonth.State.ACCEPTED,
        accepted_minutes=delivered * len(rows),
        snapshot={
            "decisions": rows,
            "identities": [
                {"number": d.number, "decision": str(d.pk), "person": str(d.person_id)} for d in decisions
            ],
        },
        snapshot_sha256="0" * 64,
    )


def _persons_in_care(tenant: Tenant, count: int) -> None:
    with tenant_scope(tenant):
        contract = ContractFactory()
        _accept([DecisionFactory(contract=contract) for _ in range(count)])
        push_month(OCTOBER, actor=ACTOR)


def _release() -> None:
    publish("month", OCTOBER, actor=ACTOR)


def test_a_person_with_two_decisions_counts_once(in_alfa: Tenant) -> None:
    contract = ContractFactory()
    first = DecisionFactory(contract=contract, valid_to=date(2026, 10, 15))
    second = DecisionFactory(contract=contract, person=first.person, valid_from=date(2026, 10, 16))
    _accept([first, second, DecisionFactory(contract=contract)])

    push_month(OCTOBER, actor=ACTOR)

    assert told_of_care(in_alfa, OCTOBER) == (2, 3600, 3300)
    assert set(Fact.objects.values_list("voivodeship", "territory")) == {("32", "3210013")}


def test_a_correction_is_a_new_version_and_the_old_one_stays(in_alfa: Tenant) -> None:
    month = _accept([DecisionFactory() for _ in range(6)])
    push_month(OCTOBER, actor=ACTOR)
    month.state = ContractMonth.State.RETURNED
    month.save()

    approval_changed.fire(month=OCTOBER, actor=ACTOR)

    assert list(
        FactsBatch.objects.filter(tenant=in_alfa).order_by("version").values_list("version", flat=True)
    ) == [1, 2]
    assert not Fact.objects.current().filter(tenant=in_alfa).exists()
    assert Fact.objects.filter(tenant=in_alfa, current=False, indicator="care_persons").count() == 2


def test_no_person_leaves_the_tenant(in_alfa: Tenant) -> None:
    decisions = [DecisionFactory() for _ in range(6)]
    _accept(decisions)
    push_month(OCTOBER, actor=ACTOR)
    rows = json.dumps(list(Fact.objects.values()) + list(FactsBatch.objects.values()), default=str)
    for decision in decisions:
        assert decision.person.surname not in rows
        assert str(decision.person_id) not in rows
        assert decision.number not in rows


@pytest.fixture
def analyst(sign_in: Callable[..., Client]) -> Client:
    return sign_in("regional_analyst", voivodeship="32")


def test_the_region_shows_totals_of_its_tenants_only(analyst: Client, alfa: Tenant, beta: Tenant) -> None:
    _persons_in_care(alfa, 7)
    _persons_in_care(beta, 9)
    _release()
    page = analyst.get(reverse("statistics:region", args=["32"]))
    text = page.content.decode()
    assert page.status_code == 200
    assert page.context["figures"].total.persons == 7
    assert "Gmina Alfa" in text
    assert "Gmina Beta" not in text
    assert "128:20" in text


def test_few_persons_are_hidden_everywhere_on_the_page(analyst: Client, alfa: Tenant) -> None:
    _persons_in_care(alfa, 4)
    _release()
    page = analyst.get(reverse("statistics:region", args=["32"]))
    text = page.content.decode()
    assert page.status_code == 200
    assert "73:20" not in text
    assert "91,7" not in text


def test_a_hidden_figure_says_why_and_which_coarser_one_holds_it(analyst: Client) -> None:
    for number, persons in enumerate((3, 30, 40, 50)):
        care_told(small_tenant(number, f"3210{number}12"), OCTOBER, uslugi=persons)
    _release()
    text = analyst.get(reverse("statistics:region", args=["32"])).content.decode()
    assert "mniej niż 5 osób" in text
    assert "Wlicza się do: powiat myśliborski" in text
    assert "31:30" not in text


def test_counties_stand_as_tiles_with_a_table_and_a_hidden_one_tells_nothing(analyst: Client) -> None:
    for number, (county, persons) in enumerate((("3210", 30), ("3211", 2), ("3212", 40), ("3213", 50))):
        care_told(small_tenant(number, f"{county}012"), OCTOBER, uslugi=persons)
    _release()
    answer = analyst.get(reverse("statistics:region", args=["32"]))
    picture = answer.context["county_map"]
    cells = {cell.key: cell for cell in answer.context["figures"].counties}
    assert cells["3211"].hidden and not all(cell.hidden for cell in cells.values())
    shown = next(key for key, cell in cells.items() if not cell.hidden)
    assert f"indicator=care_fulfilment&amp;view=time&amp;place={shown}" in picture.svg
    assert picture.svg.count("region-hatch") >= sum(bool(cell.hidden) for cell in cells.values())
    text = answer.content.decode()
    assert "Realizacja według powiatów" in text
    # A shade means the same in both pictures.
    shades = [re.findall(r"region-\d", str(answer.context[name].legend)) for name in ("map", "county_map")]
    assert shades[0] == shades[1] != []
    assert str(picture.table) in text, "the same stands beside it as a table"


def test_who_is_missing_and_who_stands_out_is_said(analyst: Client, alfa: Tenant) -> None:
    for number in range(9):
        batch = batch_of(small_tenant(number, f"3210{number}12"), OCTOBER)
        care_facts(batch, 20, 10000, 2000 if number == 4 else 9000 + number)
    FactsBatch.objects.filter(tenant__slug="gmina-3").update(pushed_at=timezone.now() + timedelta(days=3))
    _release()
    page = analyst.get(reverse("statistics:region", args=["32"]))
    figures = page.context["figures"]
    assert [cell.label for cell in figures.tenants if cell.far] == ["Gmina 4"]
    assert (len(figures.tenants), figures.expected, figures.in_time) == (9, 10, 0)
    assert "odstaje" in page.content.decode()
    FactsBatch.objects.exclude(tenant__slug="gmina-3").update(
        pushed_at=datetime(2026, 11, 20, 12, tzinfo=UTC)
    )
    assert region_figures("32", Month(2026, 10)).in_time == 8


def test_figures_before_their_day_are_announced_and_not_shown(analyst: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 11, 19))
    care_told(small_tenant(1, "3210012"), OCTOBER, uslugi=77)
    _release()
    page = analyst.get(reverse("statistics:region", args=["32"]))
    coming = page.context["coming"]
    assert (coming.tenants, coming.day) == (1, date(2026, 11, 20))
    assert "pokażemy je od" in page.content.decode()
    assert "figures" not in page.context


def test_whoever_comes_late_with_few_persons_is_named_without_figures(analyst: Client) -> None:
    for number in range(3):
        care_told(small_tenant(number, f"3210{number}12"), OCTOBER, uslugi=30)
    _release()
    care_told(small_tenant(7, "3210712"), OCTOBER, uslugi=3)
    _release()
    page = analyst.get(reverse("statistics:region", args=["32"]))
    assert page.context["figures"].waiting == ("Gmina 7",)
    assert page.context["figures"].total.persons == 90
    assert "Gmina 7" in page.content.decode()


def test_the_region_without_figures_says_what_comes(analyst: Client) -> None:
    page = analyst.get(reverse("statistics:region", args=["32"]))
    assert page.status_code == 200
    assert "figures" not in page.context


def test_a_person_with_two_services_does_not_lift_a_figure_over_the_threshold(
    analyst: Client, alfa: Tenant
) -> None:
    with tenant_scope(alfa):
        care, advice = (
            ContractFactory(),
            ContractFactory(service=ServiceFactory(code="other", name="Inna usługa")),
        )
        decisions = [DecisionFactory(contract=care) for _ in range(3)]
        also = [DecisionFactory(contract=advice, person=decision.person) for decision in decisions]
        _accept(decisions)
        _accept(also)
        push_month(OCTOBER, actor=ACTOR)
    assert told_of_care(alfa, OCTOBER) == (3, 7200, 6600)
    _release()
    page = analyst.get(reverse("statistics:region", args=["32"]))
    assert page.context["figures"].total.hidden == "persons"


def test_a_tenant_suspended_since_stays_in_table_line_and_map(analyst: Client, alfa: Tenant) -> None:
    _persons_in_care(alfa, 8)
    _release()
    Tenant.objects.filter(pk=alfa.pk).update(state="suspended", suspension_reason="próba")
    figures = analyst.get(reverse("statistics:region", args=["32"])).context["figures"]
    assert figures.total.persons == figures.months[-1].persons == figures.country[0].persons == 8


def test_an_incomplete_month_says_so(analyst: Client, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        ContractFactory()
    _persons_in_care(alfa, 8)
    _release()
    text = analyst.get(reverse("statistics:region", args=["32"])).content.decode()
    assert "przyjęto umów: 1 z 2" in text


def test_a_tenant_that_did_not_push_is_named(analyst: Client, alfa: Tenant) -> None:
    _persons_in_care(alfa, 8)
    _release()
    Tenant.objects.filter(slug="beta").update(voivodeship_id="32", name="Gmina Milcząca")
    text = analyst.get(reverse("statistics:region", args=["32"])).content.decode()
    assert "Gmina Milcząca" in text


@pytest.mark.parametrize("month", ["2026-13", "0001-05", "9999-12", "2026-09", "x"])
@pytest.mark.parametrize("sort", ["persons", "-granted", "fulfilment", "nonsense"])
def test_any_order_and_month_is_answered(analyst: Client, alfa: Tenant, sort: str, month: str) -> None:
    _persons_in_care(alfa, 8)
    _release()
    page = analyst.get(reverse("statistics:region", args=["32"]), {"sort": sort, "month": month})
    assert page.status_code == 200


def test_doors_of_the_region(sign_in: Callable[..., Client], analyst: Client, alfa: Tenant) -> None:
    address = reverse("statistics:region", args=["32"])
    assert Client().get(address).status_code == 302
    assert analyst.get(reverse("statistics:region", args=["12"])).status_code == 404
    assert sign_in("director", alfa).get(address).status_code == 404
    assert analyst.get(f"/{alfa.slug}/").status_code == 404


def test_queries_do_not_grow_with_tenants_and_months(
    analyst: Client, alfa: Tenant, django_assert_max_num_queries: Any
) -> None:
    _persons_in_care(alfa, 8)
    _release()
    address = reverse("statistics:region", args=["32"])
    with django_assert_max_num_queries(24) as few:
        analyst.get(address)
    for number in range(30):
        tenant = Tenant.objects.create(
            slug=f"gmina-{number}",
            schema_name=f"t_{number:024d}",
            name=f"Gmina {number}",
            kind="commune",
            territory_id="3210013",
            voivodeship_id="32",
            unit_name="OPS",
            unit_type="OPS",
            data_key=b"x",
        )
        for month in (OCTOBER, date(2026, 9, 1), date(2026, 8, 1)):
            care_facts(batch_of(tenant, month), 10, 9600, 8800)
    for month in (OCTOBER, date(2026, 9, 1), date(2026, 8, 1)):
        publish("month", month, actor=ACTOR)
    with django_assert_max_num_queries(24) as many:
        analyst.get(address)
    assert len(many) <= len(few)
