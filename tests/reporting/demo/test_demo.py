"""The demo shows what the README says: pilot figures, one of every deviation, months in different states."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import User
from contracting.commissioning.models import Cycle
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.advice.queries import advice_counts
from reporting.casework.models import Programme
from reporting.compliance.models import ContractMonth
from reporting.compliance.queries import compare_month
from reporting.compliance.rules import Code, Severity
from reporting.demo.actions import load_demo
from reporting.demo.world import add_diary, build_world, pilots
from reporting.statistics.models import Fact, ReleasedCell
from reporting.statistics.prefilled.layout import layouts
from tenants.models import Membership, Tenant, Territory
from tests.factories.commissioning import states_of
from tests.reporting.advice.test_sources import REPORTED, table_of
from tests.reporting.statistics.reader import findings_of_everything

PERSONS = {"barlinek": 35, "dzialdowo": 19, "wieliczka": 50, "szczecin": 20}
# What the four pilots of advice reported together: 3,653 = 1,275 + 1,370 + 1,008.
ADVISING = ("powiat-jaroslawski", "powiat-koszalinski", "powiat-tucholski", "krakow")
ADVICE = {"legal": 1_275, "psychological": 1_370, "family": 1_008}


@pytest.mark.django_db
def test_people_with_a_known_password_come_to_no_real_installation(settings: Any) -> None:
    settings.LOCAL = False
    tenants = Tenant.objects.count()
    with pytest.raises(DomainError, match="Dane pokazowe zawierają konta ze znanym hasłem"):
        load_demo(today=date(2026, 11, 22), say=print)
    assert Tenant.objects.count() == tenants and not User.objects.filter(is_operator=True).exists()


def test_the_same_month_gives_the_same_world() -> None:
    pilot = next(p for p in pilots() if p["slug"] == "wieliczka")
    worlds = [build_world(pilot, [Month(2026, 10), Month(2026, 11)]) for _ in range(2)]
    for world in worlds:
        add_diary(world, Month(2026, 10), date(2026, 11, 22), "wieliczka")
    assert worlds[0] == worlds[1]
    assert len(worlds[0].document["persons"]) == 50


@pytest.mark.parametrize("newest", [Month(2026 + n // 12, 1 + n % 12) for n in range(24)], ids=str)
def test_whenever_loaded_visits_lie_in_their_decisions_and_carers_are_in_one_place(newest: Month) -> None:
    behind = newest
    for _ in range(4):
        behind = behind.previous()
    for pilot in pilots():
        if "care" not in pilot:
            continue
        world = build_world(pilot, [behind, newest])
        periods = {d["number"]: (d["valid_from"], d["valid_to"]) for d in world.document["decisions"]}
        for month in (behind, newest):
            add_diary(world, month, month.last, pilot["slug"])
            by_worker = sorted(world.visits[month], key=lambda visit: (visit.worker, visit.starts_at))
            for visit in by_worker:
                first, last = periods[visit.decision]
                assert first <= visit.day.isoformat() <= last
            for one, other in pairwise(by_worker):
                assert one.worker != other.worker or one.ends_at <= other.starts_at


@pytest.mark.django_db
@pytest.mark.slow
def test_demo_has_pilot_figures_every_deviation_and_clean_accepted_months(settings: object) -> None:
    # Loaded on the day of the run, as on a first start: the verbs of the demo hold their days against the clock.
    today = timezone.localdate()
    last = Month.of(today).previous()
    clean = last.previous()
    for pilot in pilots():
        for length, level in ((2, "voivodeship"), (4, "county"), (7, "commune")):
            if len(pilot["terc"]) >= length:
                code = pilot["terc"][:length]
                Territory.objects.get_or_create(
                    code=code, defaults={"level": level, "name": code, "kind": "", "as_of": date(2024, 1, 1)}
                )

    assert load_demo(today=today, say=lambda name: None) == len(pilots())
    assert load_demo(today=today, say=lambda name: None) == 0

    found: Counter[Code] = Counter()
    for slug, persons in PERSONS.items():
        with tenant_scope(Tenant.objects.get(slug=slug)):
            compared = compare_month(last)
            found.update(deviation.code for deviation in compared.deviations())
            assert len({decision.person for decision in compared.decisions}) == persons
            assert [d for d in compare_month(clean).deviations() if d.severity is Severity.MUST] == []
            states = dict(ContractMonth.objects.values_list("month", "state"))
            assert states[clean.first] == ContractMonth.State.ACCEPTED
            assert states.get(last.next().first, ContractMonth.State.OPEN) == ContractMonth.State.OPEN
    assert set(found) == set(Code)
    advised: Counter[str] = Counter()
    for slug in ADVISING:
        with tenant_scope(Tenant.objects.get(slug=slug)):
            counts = advice_counts(date(2020, 1, 1), today)
            assert counts.total == sum(counts.by_kind.values())
            advised.update(counts.by_kind)
    assert +advised == ADVICE
    assert advised.total() == 3_653
    with tenant_scope(Tenant.objects.get(slug="szczecin")):
        states = states_of(Cycle.objects.get())
        assert states[:4] == ["passed"] * 4 and "to_review" not in states
    facts = dict(
        Fact.objects.totals()
        .filter(period=clean.first, indicator="care_persons")
        .values_list("tenant__slug", "persons")
    )
    assert facts == PERSONS
    assert ReleasedCell.objects.current().filter(period=clean.first, population="care").count() > len(PERSONS)
    assert findings_of_everything() == []
    _tables_say_what_was_sent(clean.first.year)
    clerk = Client()
    clerk.force_login(User.objects.get(email="swiadczenia.barlinek@siedem.test"))
    specialist = clean.previous().previous()
    told = clerk.get(f"/barlinek/settlement/payments/?month={specialist}").content.decode()
    for paid in ("60,00", "90,00"):
        assert f"{paid}\u00a0zł</strong>" in told
    _pages_say_what_was_reported()


def _pages_say_what_was_reported() -> None:
    """Figures of the sources on the pages that show them, and in the file of the page, for a person of the tenant."""
    for slug, (total, kinds) in REPORTED.items():
        director = _director(slug)
        page = _spaced(director.get(f"/{slug}/advice/figures/"))
        told = {**kinds, "inna": 0, "razem": total}
        assert table_of(page, "kinds") == told, slug
        book = CalamineWorkbook.from_filelike(
            BytesIO(director.get(f"/{slug}/advice/figures/figures.xlsx").content)
        )
        assert {row[0]: row[1] for row in book.get_sheet_by_index(0).to_python()[1:]} == told, slug
    warsaw = _spaced(_director("warszawa").get("/warszawa/advice/figures/"))
    assert table_of(warsaw, "depths") == {"ogólna": 11_246 - 1_202, "pogłębiona": 1_202, "razem": 11_246}
    assert re.search(r"osoby objęte poradnictwem</dt> <dd> ?<span class=\"stat-value\">3 232<", warsaw)
    with tenant_scope(Tenant.objects.get(slug="bielsko-biala")):
        programme = Programme.objects.get(started=313)
    bielsko = _spaced(_director("bielsko-biala").get(f"/bielsko-biala/casework/programmes/{programme.pk}/"))
    for said in ("313", "240", "58", "15", "163 / 77"):
        assert re.search(rf"\b{said}\b", bielsko), said
    with tenant_scope(Tenant.objects.get(slug="kolobrzeg")):
        cycle: Any = Cycle.objects.get()
    kolobrzeg = _spaced(_director("kolobrzeg").get(f"/kolobrzeg/evaluation/cycles/{cycle.pk}/"))
    assert "35,8 % (29 / 81)" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", kolobrzeg))


def _spaced(page: Any) -> str:
    assert page.status_code == 200
    return re.sub(r"[\s\u00a0\u202f]+", " ", page.content.decode())


def _tables_say_what_was_sent(year: int) -> None:
    """The pre-filled tables of every unit against the figures that left: sums of accepted months."""
    sent = Fact.objects.current().filter(kind="month", period__year=year, category="")
    for slug in PERSONS:
        told = sent.filter(tenant__slug=slug)
        director = _director(slug)
        lines = _lines(director.get(f"/{slug}/statistics/tables/", {"form": "mrips03", "period": str(year)}))
        for name, group in (
            ("Usługi opiekuńcze", "care"),
            ("Specjalistyczne usługi opiekuńcze", "specialist"),
        ):
            minutes = _sum(
                told.filter(indicator="care_hours_accepted", service__in=layouts().groups[group] or ())
            )
            hours = lines[name][1]
            assert hours.value == (minutes / 60 if minutes is not None else None), (slug, group)
            assert bool(hours.mark) == (minutes is None)
        ozps = _lines(director.get(f"/{slug}/statistics/tables/", {"form": "ozps", "period": str(year)}))
        value = next(
            cell
            for cell in ozps["Wartość usług przyjętych w miesiącach umów [zł]"]
            if cell.column == str(year)
        )
        assert value.value == _sum(told.filter(indicator="hour_price")), slug
        # The page of a month shows the same hours as its part of the table.
        page = director.get(f"/{slug}/statistics/periods/{year}-{_newest(told):02d}/")
        shown = {
            line.figure.numerator
            for topic in page.context["topics"]
            for line in topic.lines
            if line.indicator.code == "care_hours_accepted" and not line.service
        }
        month = told.filter(indicator="care_hours_accepted", service="*", period__month=_newest(told))
        assert shown == {month.get().numerator}


def _director(slug: str) -> Client:
    client = Client()
    member = Membership.objects.filter(tenant__slug=slug, role="director").select_related("user").first()
    assert member is not None
    client.force_login(member.user)
    return client


def _lines(page: Any) -> dict[str, Any]:
    return {line.name: line.cells for _heading, lines in page.context["filled"].blocks for line in lines}


def _sum(facts: Any) -> Decimal | None:
    found: Decimal | None = facts.aggregate(sum=Sum("numerator"))["sum"]
    return found


def _newest(facts: Any) -> int:
    return int(facts.order_by("-period").values_list("period__month", flat=True).first())
