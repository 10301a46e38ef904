"""The ledger of minutes and the forecast: figures against a plain second count, pages, files, and who reads them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from audit.models import Reading
from contracting.contracts.models import Contract, ContractAmendment
from contracting.contracts.rules.lasting import Rate
from kernel.periods import Month, is_public_holiday
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision, Suspension
from reporting.compliance.snapshots import digest_of
from reporting.delivery.models import Visit
from reporting.settlement.ledger import contract_ledger, contract_use, ledgers_of
from reporting.settlement.models import AcceptedLine, Adjustment
from reporting.settlement.rules.ledger import lasts_until
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, plan, visit
from tests.factories.people import partner
from tests.reporting.settlement.world import SettledWorld, accepted_world

SignIn = Callable[..., Client]
TODAY = date(2026, 11, 23)
PAGE = "/alfa/settlement/ledger/"
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 11, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: noon)


@pytest.fixture
def world(alfa: Tenant) -> SettledWorld:
    """October accepted with 90 minutes refused of `over`; November carries a correction of 30 minutes less."""
    world = accepted_world(alfa, valid_from=date(2026, 1, 1))
    with tenant_scope(alfa):
        line = AcceptedLine.objects.create(
            contract=world.contract,
            decision=world.over,
            month=OCTOBER.first,
            visit_id=world.long.pk,
            date=world.long.date,
            start=world.long.start,
            worker=world.worker.code,
            minutes=120,
            adjusted_minutes=-30,
        )
        Adjustment.objects.create(
            line=line, minutes=-30, reason="shorter", words="Skarga rodziny", carried_in=NOVEMBER.first
        )
    return world


def _text(client: Client, address: str) -> str:
    answer = client.get(PAGE + address)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def test_delivered_less_refused_with_corrections_is_what_is_used(alfa: Tenant, world: SettledWorld) -> None:
    with tenant_scope(alfa):
        (ledger,) = ledgers_of([world.over], TODAY)
        october, november = ledger.months[OCTOBER], ledger.months[NOVEMBER]
    assert (october.granted, october.delivered, october.refused, october.adjusted) == (120, 210, 90, 0)
    # Four Mondays of 210 minutes.
    assert (october.planned, october.counted, october.left) == (840, 120, 0)
    assert (november.delivered, november.adjusted, november.left) == (0, -30, 150)
    assert ledger.total.left == ledger.total.granted - 210 + 90 + 30
    assert list(ledger.months) == [Month(2026, number) for number in range(1, 13)]


def test_an_accepted_month_keeps_what_was_granted_then(alfa: Tenant, world: SettledWorld) -> None:
    with tenant_scope(alfa):
        Decision.objects.filter(pk=world.over.pk).update(minutes=240)
        (ledger,) = ledgers_of([world.over], TODAY)
        assert (ledger.months[OCTOBER].granted, ledger.months[NOVEMBER].granted) == (120, 240)
        world.contract.refresh_from_db()
        whole = contract_ledger(world.contract, TODAY)
        assert (whole.months[OCTOBER].granted, whole.months[NOVEMBER].granted) == (240, 360)


def test_an_accepted_month_keeps_its_plan_and_its_suspensions(alfa: Tenant, world: SettledWorld) -> None:
    """What is entered later of a plan or a suspension counts in months that are open, and the hash still holds."""
    with tenant_scope(alfa):
        row = world.month()
        assert row.snapshot is not None and digest_of(row.snapshot) == row.snapshot_sha256
        world.over.slots.update(minutes=60)
        days = {"first_day": date(2026, 10, 19), "last_day": date(2026, 11, 15)}
        Suspension.objects.create(decision=world.over, reason="hospital", **days)
        (ledger,) = ledgers_of([world.over], TODAY)
    october, november = ledger.months[OCTOBER], ledger.months[NOVEMBER]
    # Four Mondays of 210 minutes in October; in November three of 60 after the 15th, and 15 of 30 days of 120 minutes.
    assert (october.granted, october.planned, october.suspended) == (120, 840, 0)
    assert (november.granted, november.planned, november.suspended) == (60, 180, 60)


def test_the_page_of_a_decision_links_what_its_figures_sum(
    alfa: Tenant, world: SettledWorld, sign_in: SignIn
) -> None:
    client = sign_in(Role.COORDINATOR, alfa)
    page = _text(client, f"decisions/{world.over.pk}/")
    for told in (
        f"/alfa/month/decision/{world.over.pk}/2026-10/",
        f'href="/alfa/month/{world.contract.pk}/2026-10/">1:30</a>',
        "−0:30",
        "październik 2026",
        "Co oznaczają te liczby",
        "Na jak długo wystarczy",
    ):
        assert told in page
    assert f"/alfa/month/decision/{world.over.pk}/2026-12/" not in page
    with tenant_scope(alfa):
        reading = Reading.objects.get()
    assert (reading.page, reading.subject_ids) == ("settlement.ledger", [str(world.over.person_id)])
    assert (
        f"{PAGE}decisions/{world.over.pk}/"
        in client.get(f"/alfa/care/decisions/{world.over.pk}/").content.decode()
    )


def test_a_contract_has_the_totals_of_its_decisions(
    alfa: Tenant, world: SettledWorld, sign_in: SignIn
) -> None:
    client = sign_in(Role.ACCOUNTANT, alfa)
    page = _text(client, f"contracts/{world.contract.pk}/")
    assert world.over.number in page
    assert world.clean.number in page
    assert "Umowa nie ma ani limitu godzin, ani kwoty" in page
    usage = client.get(f"/alfa/month/usage/{world.contract.pk}/").content.decode()
    assert f"{PAGE}contracts/{world.contract.pk}/" in usage
    answer = client.get(f"{PAGE}contracts/{world.contract.pk}/xlsx/")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    head, *rows = book.get_sheet_by_name("Decyzje").to_python()
    by_name = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert by_name[world.over.number]["skorygowano, min"] == -30
    assert by_name["razem"]["nieuznane, h"] == timedelta(minutes=90)
    assert by_name["razem"]["wykonano, h"] == timedelta(minutes=330)
    months = book.get_sheet_by_name("Miesiące").to_python()
    assert [row[0] for row in months][-2:] == ["12.2026", "razem"]
    own = client.get(f"{PAGE}decisions/{world.over.pk}/xlsx/")
    assert CalamineWorkbook.from_filelike(BytesIO(own.content)).sheet_names == ["Miesiące"]


def test_a_decision_lasts_as_long_as_its_months_to_come_do(
    alfa: Tenant, world: SettledWorld, sign_in: SignIn
) -> None:
    """120 minutes a month from 5 January on: what January to September left unused is no minute of November."""
    with tenant_scope(alfa):
        for day in (2, 9, 16, 23):
            visit(world.clean, world.worker, date(2026, 11, day), "08:00", 30)
        (ledger,) = ledgers_of([world.clean], TODAY)
        # The 54 days from 1 October on saw 240 minutes: the 120 of December last 27 days more.
        assert (ledger.ahead, ledger.runs_out) == (120, date(2026, 12, 20))
        # 27 of the 31 days of January, and eight whole months; October was used up.
        assert (ledger.lapsed_total, ledger.lapsed[Month(2026, 1)]) == (105 + 8 * 120, 105)
        assert OCTOBER not in ledger.lapsed and NOVEMBER not in ledger.lapsed
        assert ledger.limit == 120 + 120 + 120
    client = sign_in(Role.COORDINATOR, alfa)
    page = _text(client, f"decisions/{world.clean.pk}/")
    assert "wystarczy do 20 grudnia 2026" in page
    assert "przepadło" in page and "17:45" in page
    file = client.get(f"{PAGE}decisions/{world.clean.pk}/xlsx/")
    head, *rows = (
        CalamineWorkbook.from_filelike(BytesIO(file.content)).get_sheet_by_name("Miesiące").to_python()
    )
    lapsed = {row[0]: row[head.index("przepadło, h")] for row in rows}
    assert lapsed["razem"] == timedelta(minutes=1065)
    assert lapsed["09.2026"] == timedelta(minutes=120)


def test_a_rate_that_ended_in_an_earlier_month_goes_on_from_this_one() -> None:
    """20 minutes a day in September: the 600 left on 23 November are granted from the 1st on, and last 30 days."""
    september = Rate(date(2026, 9, 1), date(2026, 9, 30), 600)
    assert lasts_until(600, september, TODAY) == date(2026, 11, 30)
    assert lasts_until(600, Rate(date(2026, 11, 1), date(2026, 11, 20), 400), TODAY) == date(2026, 12, 20)
    assert lasts_until(600, None, TODAY) is None


def test_others_read_nothing_of_it(alfa: Tenant, world: SettledWorld, sign_in: SignIn) -> None:
    with tenant_scope(alfa):
        other = ContractFactory(organisation=partner(alfa)).organisation
    client = sign_in(Role.NGO_MANAGER, alfa, other)
    for address in (f"decisions/{world.over.pk}/", f"contracts/{world.contract.pk}/"):
        assert client.get(PAGE + address).status_code == 404
        assert client.get(f"{PAGE}{address}xlsx/").status_code == 404
        assert sign_in(Role.NGO_MANAGER, alfa, world.organisation).get(PAGE + address).status_code == 200
        assert sign_in(Role.BENEFITS_WORKER, alfa).get(PAGE + address).status_code == 403


def test_a_contract_says_when_hours_and_money_run_out(
    alfa: Tenant, world: SettledWorld, sign_in: SignIn
) -> None:
    with tenant_scope(alfa):
        Contract.objects.filter(pk=world.contract.pk).update(
            cap_minutes=1200, amount=Decimal("2000.00"), price_per_hour=Decimal("60.00")
        )
        for day in (2, 9, 16, 23):
            visit(world.clean, world.worker, date(2026, 11, day), "08:00", 60)
        world.contract.refresh_from_db()
        ledger = contract_use(world.contract, TODAY)
        assert ledger.minutes is not None
        assert ledger.money is not None
        # 330 delivered less 90 refused less 30 corrected, and four hours: 450 of 1200; at 60 zł an hour 450 zł.
        assert (ledger.minutes.used, ledger.minutes.left) == (450, 750)
        assert (ledger.money.used, ledger.money.left) == (45_000, 155_000)
        # The 54 days from the first visit on saw 330 + 240 minutes: 750 last 72 days more, the money longer.
        assert ledger.minutes.runs_out == TODAY + timedelta(days=72)
        assert ledger.money.runs_out == TODAY + timedelta(days=147)
        assert not ledger.minutes.too_early
        Contract.objects.filter(pk=world.contract.pk).update(cap_minutes=600)
    page = _text(sign_in(Role.DIRECTOR, alfa), f"contracts/{world.contract.pk}/")
    assert "▲ 8 grudnia 2026" in page
    accountant, address = sign_in(Role.ACCOUNTANT, alfa), f"{PAGE}contracts/{world.contract.pk}/forecast/"
    part = accountant.get(address, headers={"HX-Request": "true"}).content.decode().replace("\u00a0", " ")
    assert "▲ 8 grudnia 2026" in part
    assert "<html" not in part
    # Opened in a tab of its own it is no page: the whole ledger is.
    assert accountant.get(address).url == f"{PAGE}contracts/{world.contract.pk}/"
    whole = sign_in(Role.DIRECTOR, alfa).get(f"/alfa/contracts/{world.contract.pk}/").content.decode()
    assert f'hx-get="{PAGE}contracts/{world.contract.pk}/forecast/"' in whole
    assert "450,00 zł" in page
    assert "wystarczy do końca umowy, 31 grudnia 2026" in page
    with tenant_scope(alfa):
        Contract.objects.filter(pk=world.contract.pk).update(cap_minutes=450)
    assert "▲ wyczerpane" in _text(sign_in(Role.DIRECTOR, alfa), f"contracts/{world.contract.pk}/")


def test_money_is_counted_at_the_price_of_each_day(
    alfa: Tenant, world: SettledWorld, sign_in: SignIn
) -> None:
    """60 zł an hour, from 4 October 40 zł, from 1 December 90 zł: the visit of 1 October costs 120 zł, 90 of 210 min of
    that of 5 October are refused and 30 corrected away."""
    with tenant_scope(alfa):
        Contract.objects.filter(pk=world.contract.pk).update(
            amount=Decimal("400.00"), price_per_hour=Decimal("60.00")
        )
        for number, day, prices in ((1, date(2026, 10, 4), (60, 40)), (2, date(2026, 12, 1), (40, 90))):
            ContractAmendment.objects.create(
                contract=world.contract, number=number, state="signed", reason="Cena", effective_on=day,
                changes={"price_per_hour": [f"{price}.00" for price in prices]},
            )  # fmt: skip
        world.contract.refresh_from_db()
        money = contract_use(world.contract, TODAY).money
        assert money is not None
        assert (money.used, money.left) == (18_000, 22_000)
        # The five days from 1 to 5 October saw 330 minutes, 44 zł a day: 220 zł last five days.
        assert money.runs_out == date(2026, 10, 10)
        Contract.objects.filter(pk=world.contract.pk).update(amount=Decimal("2752.00"))
        world.contract.refresh_from_db()
        money = contract_use(world.contract, TODAY).money
        # 2572 zł: 56 days to 30 November at 44 zł, and 108 zł, which is more than a day of December at 99 zł.
        assert money is not None and money.runs_out == date(2026, 12, 2)
    told = _text(sign_in(Role.DIRECTOR, alfa), f"contracts/{world.contract.pk}/")
    assert "według stawki za godzinę z dnia wizyty" in told


def _plain(decision: Decision, month: Month) -> tuple[int, int, int, int]:
    """Granted, planned, delivered and suspended of a month, day by day."""
    ends = [decision.valid_to + timedelta(days=1), decision.revoked_from, decision.superseded_from]
    in_force = [
        day
        for day in month.days()
        if decision.valid_from <= day and all(end is None or day < end for end in ends)
    ]
    rests = list(decision.suspensions.all())
    active = [day for day in in_force if not any(one.first_day <= day <= one.last_day for one in rests)]
    planned, whole_plan = (
        sum(
            slot.minutes
            for day in days
            for slot in decision.slots.all()
            if slot.weekday == day.isoweekday() and (slot.on_holidays or not is_public_holiday(day))
        )
        for days in (active, in_force)
    )
    if decision.amount_per == "plan":
        granted, whole = planned, whole_plan
    else:
        parts = len(month.days()) if decision.amount_per == "month" else 7
        granted, whole = (
            int(Decimal(decision.minutes * len(days) / parts + 0.5 + 1e-9) // 1)
            for days in (active, in_force)
        )
    delivered = sum(
        one.minutes
        for one in Visit.objects.filter(decision=decision, state="done")
        if month.contains(one.date)
    )
    return granted, planned, delivered, whole - granted


@pytest.mark.parametrize("seed", range(3))
def test_the_ledger_agrees_with_a_plain_count(alfa: Tenant, seed: int) -> None:
    random = Random(seed)
    with tenant_scope(alfa):
        contract = ContractFactory()
        worker = WorkerFactory(organisation=contract.organisation)
        for number in range(8):
            per = random.choice(("month", "week", "plan"))
            begins = date(2026, random.randrange(1, 9), random.randrange(1, 29))
            decision = DecisionFactory(
                contract=contract,
                valid_from=begins,
                valid_to=begins + timedelta(days=random.randrange(1, 150)),
                amount_per=per,
                minutes=None if per == "plan" else random.randrange(1, 4000),
                revoked_from=random.choice((None, None, begins + timedelta(days=20))),
            )
            if per == "plan" or number % 2:
                for weekday in random.sample(range(1, 8), 3):
                    plan(decision, (weekday, "08:00", random.randrange(1, 300)), on_holidays=number % 3 == 0)
            first = begins + timedelta(days=random.randrange(60))
            Suspension.objects.create(
                decision=decision, first_day=first, last_day=first + timedelta(days=9), reason="absence"
            )
            for _visit in range(4):
                day = begins + timedelta(days=random.randrange(-5, 160))
                state = random.choice(("done", "done", "cancelled"))
                start = f"{random.randrange(6, 20):02d}:{random.randrange(60):02d}"
                visit(decision, worker, day, start, random.randrange(1, 200), state=state)
        decisions = list(Decision.objects.order_by("number"))
        for ledger in ledgers_of(decisions, TODAY):
            assert ledger.months
            for month, one in ledger.months.items():
                assert (one.granted, one.planned, one.delivered, one.suspended) == _plain(
                    ledger.decision, month
                )
            assert ledger.total.delivered == sum(
                one.minutes for one in Visit.objects.filter(decision=ledger.decision, state="done")
            )
        whole = contract_ledger(contract, TODAY)
        assert whole.total.granted == sum(one.total.granted for one in whole.ledgers)


def test_queries_do_not_grow_with_decisions(alfa: Tenant, world: SettledWorld, sign_in: SignIn) -> None:
    client, counts = sign_in(Role.DIRECTOR, alfa), []
    for decisions in (2, 15):
        with tenant_scope(alfa):
            for _ in range(decisions):
                one: Any = DecisionFactory(contract=world.contract)
                visit(one, world.worker, date(2026, 11, 2), "08:00", 60)
        _text(client, f"contracts/{world.contract.pk}/")
        with CaptureQueriesContext(connection) as asked:
            _text(client, f"contracts/{world.contract.pk}/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
