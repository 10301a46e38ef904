"""Promised against delivered, through the pages: values, outcomes, freezing, statements, who sees what."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from audit.models import Entry
from contracting.contracts.models import Commitment, ContractAmendment
from kernel.access import Access, Actor
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.compliance.actions import accept_month, justify_deviations, reopen_month, submit_month
from reporting.compliance.answers import answered_month
from reporting.compliance.queries import compare_month
from reporting.evaluation.actions.measuring import state_value
from reporting.evaluation.models import Measurement, StatedValue
from reporting.evaluation.queries.promises import PromisesOf
from reporting.evaluation.queries.records import newest_months, track_records
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, plan, visit
from tests.factories.commissioning import make_cycle, put_at
from tests.factories.people import partner
from tests.reporting.evaluation.measuring_world import OCTOBER, MeasuringWorld, build_world, promise
from tests.reporting.evaluation.test_evaluating import pdf_text
from tests.reporting.evaluation.test_evaluating import plan as plan_evaluation

ACTOR = Actor.system("Dorota Dyrektor")
_TAGS = re.compile(r"<[^>]+>|&nbsp;|\s+")


@pytest.fixture
def world(alfa: Any) -> MeasuringWorld:
    return build_world(alfa)


def words(answer: Any) -> str:
    """The page as text, with single spaces."""
    return re.sub(r"\s+", " ", _TAGS.sub(" ", answer.content.decode().replace("\u00a0", " ")))


def row_of(answer: Any, measure: str, month: str) -> str:
    """What the page says of a commitment in a month."""
    page = answer.content.decode()
    heading = re.search(rf'<h2 id="line-(\w+)">Obietnica {measure}</h2>', page)
    assert heading, measure
    table = re.search(rf'id="months-{heading[1]}".*?</table>', page, re.DOTALL)
    assert table
    rows = [row for row in table[0].split("<tr>") if f'<th scope="row">{month}</th>' in row]
    assert len(rows) == 1
    return re.sub(r"\s+", " ", _TAGS.sub(" ", rows[0].replace("\u00a0", " ")))


def october(answer: Any, measure: str) -> str:
    return row_of(answer, measure, "październik 2026")


def page_of(world: MeasuringWorld, sign_in: Callable[..., Any], role: str = "director", **query: Any) -> Any:
    organisation = world.organisation if role.startswith("ngo") else None
    return sign_in(role, world.tenant, organisation).get(
        f"/alfa/evaluation/commitments/{world.contract.pk}/", query
    )


def close_october(world: MeasuringWorld) -> None:
    """Hand the month in, justify what must be, accept it."""
    submit_month(world.contract, OCTOBER, actor=ACTOR)
    points = [
        (one.code, one.subject)
        for one in answered_month(compare_month(OCTOBER, contracts=[world.contract.pk]))
        if one.is_must
    ]
    justify_deviations(world.contract, OCTOBER, points=points, reason="urgent", together=True, actor=ACTOR)
    accept_month(world.contract, OCTOBER, actor=ACTOR)


# Three visits by Anna of four; 300 of 390 minutes; two carers for one person; on the 12th three hours of waiting, on
# the 26th nobody; two of four planned visits made, one of them on the minute; Saturday's hour; 390 of 480 minutes.
SAID = {
    "same_carer": ("75,0 %", "dotrzymane", "3 z 4"),
    "main_carer_minutes": ("76,9 %", "niedotrzymane", "5 h z 6 h 30 min"),
    "carers_per_person": ("2,0 opiekunki", "niedotrzymane", "opiekunek: 2, osób: 1"),
    "replacement_hours": ("72,0 h", "niedotrzymane", "w terminie zastąpiono 1 z 2 opuszczonych wizyt"),
    "visits_on_plan": ("50,0 %", "niedotrzymane", "2 z 4"),
    "planned_days": ("75,0 %", "niedotrzymane", "3 z 4"),
    "punctual_visits": ("50,0 %", "dotrzymane", "1 z 2"),
    "qualified_staff": ("75,0 %", "niedotrzymane", "3 z 4"),
    "evening_hours": ("1,0 h", "niedotrzymane", ""),
    "delivered_hours": ("81,3 %", "niedotrzymane", "6 h 30 min z 8 h"),
}


@pytest.mark.parametrize("role", ["director", "inspector", "ngo_manager"])
def test_both_sides_see_each_commitment_measured(
    world: MeasuringWorld, sign_in: Callable[..., Any], role: str
) -> None:
    answer = page_of(world, sign_in, role)
    assert answer.status_code == 200
    for measure, (value, outcome, of) in SAID.items():
        said = october(answer, measure)
        assert value in said and f" {outcome} " in said and of in said, (measure, said)
    assert "nie do zmierzenia" in october(answer, "reported")
    assert "nikt jeszcze nie podał wartości" in october(answer, "reported")
    assert "Tajna" not in words(answer)


def test_frozen_on_acceptance_and_taken_back_with_it(
    world: MeasuringWorld, sign_in: Callable[..., Any]
) -> None:
    with tenant_scope(world.tenant):
        close_october(world)
        kept = {row.measure: row for row in Measurement.objects.filter(month=OCTOBER.first)}
        assert len(kept) == len(SAID) + 1
        assert (kept["same_carer"].value, kept["same_carer"].outcome) == (Decimal("75.00"), "met")
        assert (kept["same_carer"].part, kept["same_carer"].whole) == (3, 4)
        assert (kept["reported"].outcome, kept["reported"].reason) == ("unmeasured", "no_rule")
        assert Entry.objects.filter(verb="keep_measurements").count() == 1
        # What changes afterwards changes nothing of the month.
        world.anna.qualifications.all().delete()
        Commitment.objects.filter(measure="same_carer").update(promised=99)
    answer = page_of(world, sign_in)
    assert "3 z 4" in october(answer, "qualified_staff") and "miesiąc przyjęty" in october(
        answer, "qualified_staff"
    )
    assert "co najmniej 60 %" in october(answer, "same_carer")
    behind = sign_in("director", world.tenant).get(
        f"/alfa/evaluation/commitments/{world.contract.pk}/2026-10/{world.keys['qualified_staff']}/"
    )
    assert "Zmierzono przy przyjęciu miesiąca: 75,0 %. Z dzisiejszych zapisów wychodzi: 0,0 %" in words(
        behind
    )
    with tenant_scope(world.tenant):
        reopen_month(world.contract, OCTOBER, reason="pomyłka", actor=ACTOR)
        assert not Measurement.objects.exists()
    assert "0 z 4" in october(page_of(world, sign_in), "qualified_staff")


def test_what_was_kept_of_the_promises_is_carried_into_the_evaluation_of_the_cycle(
    world: MeasuringWorld, sign_in: Callable[..., Any]
) -> None:
    """Two of the ten that the accepted month measures were met: on the page of the cycle and in an evaluation of it."""
    with tenant_scope(world.tenant):
        terms = {"period_from": date(2026, 1, 1), "period_to": date(2026, 12, 31)}
        cycle = put_at(make_cycle(world.contract.service, **terms), "evaluation")
    director = sign_in("director", world.tenant)
    before = words(director.get(f"/alfa/evaluation/cycles/{cycle.pk}/"))
    assert "dotrzymane zobowiązania" not in before
    with tenant_scope(world.tenant):
        close_october(world)
    met = sum(outcome == "dotrzymane" for _value, outcome, _of in SAID.values())
    assert (met, len(SAID)) == (2, 10)
    told = words(director.get(f"/alfa/evaluation/cycles/{cycle.pk}/"))
    assert "dotrzymane zobowiązania" in told and "20,0 %" in told and "2 z 10" in told
    evaluation = plan_evaluation(director, cycle)
    promises = "Dotrzymano: 2 z 10 wyników"
    assert promises in words(director.get(f"/alfa/evaluation/{evaluation.pk}/"))
    assert promises in pdf_text(director, f"/alfa/evaluation/{evaluation.pk}/pdf/")


def test_the_list_counts_the_newest_accepted_month(
    world: MeasuringWorld, sign_in: Callable[..., Any]
) -> None:
    client = sign_in("director", world.tenant)
    assert "jeszcze żaden" in words(client.get("/alfa/evaluation/commitments/"))
    with tenant_scope(world.tenant):
        close_october(world)
    said = words(client.get("/alfa/evaluation/commitments/"))
    assert "październik 2026" in said and "2 z 10" in said


@pytest.mark.parametrize(
    ("measure", "lines"),
    [
        ("qualified_staff", ["poniedziałek, 12 października 2026 13:00", "1 h 30 min"]),
        ("replacement_hours", ["12 października 2026 10:00 nikt nie przyszedł; zastępstwo przyszło po 3 h"]),
        (
            "visits_on_plan",
            ["26 października 2026 10:00 nikt nie przyszedł", "2 wizyty odbyły się poza planem"],
        ),
        ("punctual_visits", ["19 października 2026 10:00", "20 min"]),
        ("evening_hours", ["sobota, 17 października 2026 09:00 wieczorem lub w dzień wolny 1 h"]),
        ("carers_per_person", ["różne opiekunki 2"]),
        ("delivered_hours", ["6 h 30 min z 8 h"]),
        ("planned_days", ["26 października 2026 – zaplanowany dzień bez wizyty"]),
    ],
)
def test_the_visits_behind_a_value(
    world: MeasuringWorld, sign_in: Callable[..., Any], measure: str, lines: list[str]
) -> None:
    address = f"/alfa/evaluation/commitments/{world.contract.pk}/2026-10/{world.keys[measure]}/"
    assert address in page_of(world, sign_in).content.decode()
    said = words(sign_in("ngo_coordinator", world.tenant, world.organisation).get(address))
    for line in lines:
        assert line in said, said
    assert world.decision.number in said


def test_a_value_nobody_can_measure_is_stated_with_its_evidence(
    world: MeasuringWorld, sign_in: Callable[..., Any]
) -> None:
    address = f"/alfa/evaluation/commitments/{world.contract.pk}/2026-10/{world.keys['reported']}/state/"
    provider = sign_in("ngo_coordinator", world.tenant, world.organisation)
    refused = provider.post(address, {"value": "pięć", "evidence": ""})
    assert refused.status_code == 422
    assert "„pięć”" in words(refused) or "“pięć”" in words(refused)
    seen = re.search(r'name="seen" value="(\w+)"', provider.get(address).content.decode())
    assert seen
    said = provider.post(address, {"value": "5", "evidence": "Listy obecności", "seen": seen[1]}, follow=True)
    assert "5 zajęcia ○ dotrzymane podane przez organizację" in october(said, "reported")
    assert "Listy obecności (organizacja, " in october(said, "reported")
    # Somebody of the unit looked at the page before that.
    director = sign_in("director", world.tenant)
    assert director.post(address, {"value": "2", "evidence": "Rejestr", "seen": seen[1]}).status_code == 409
    director.post(address, {"value": "2", "evidence": "Rejestr"})
    assert "2 zajęcia ▲ niedotrzymane" in october(page_of(world, sign_in), "reported")
    with tenant_scope(world.tenant):
        entries = Entry.objects.filter(verb="state_value").order_by("sequence")
        assert [entry.payload["after"][0] for entry in entries] == ["5", "2"]
        close_october(world)
        assert Measurement.objects.get(measure="reported").outcome == "not_met"
    late = director.post(address, {"value": "9", "evidence": "Rejestr"})
    assert late.status_code == 422 and "Miesiąc jest przyjęty" in words(late)
    assert "Rejestr (jednostka" in october(page_of(world, sign_in), "reported")


def test_the_word_of_an_organisation_counts_once_the_unit_confirms_it(
    world: MeasuringWorld, sign_in: Callable[..., Any]
) -> None:
    place = f"/alfa/evaluation/commitments/{world.contract.pk}/2026-10/{world.keys['reported']}/"
    provider = sign_in("ngo_coordinator", world.tenant, world.organisation)
    provider.post(f"{place}state/", {"value": "5", "evidence": "Listy obecności"})
    with tenant_scope(world.tenant):
        close_october(world)
        before = newest_months([world.contract.pk])[world.contract.pk]
    assert "○ dotrzymane podane przez organizację" in october(page_of(world, sign_in), "reported")
    assert (before.stated_met, before.stated) == (1, 1)
    assert provider.get(f"{place}confirm/").status_code == 403
    director = sign_in("director", world.tenant)
    page = director.get(f"{place}confirm/")
    assert "Listy obecności" in words(page)
    seen = re.search(r'name="seen" value="(\w+)"', page.content.decode())
    assert seen
    assert director.post(f"{place}confirm/", {"seen": "x"}).status_code == 422
    done = director.post(f"{place}confirm/", {"seen": seen[1]}, follow=True)
    assert "✓ dotrzymane potwierdzone przez jednostkę" in october(done, "reported")
    assert director.post(f"{place}confirm/", {"seen": seen[1]}).status_code == 422
    with tenant_scope(world.tenant):
        after = newest_months([world.contract.pk])[world.contract.pk]
        assert Entry.objects.filter(verb="confirm_value").count() == 1
    assert (after.met, after.judged, after.stated) == (before.met + 1, before.judged + 1, 0)


def test_an_organisation_does_not_write_over_what_the_unit_stated(
    world: MeasuringWorld, sign_in: Callable[..., Any]
) -> None:
    place = f"/alfa/evaluation/commitments/{world.contract.pk}/2026-10/{world.keys['reported']}/state/"
    sign_in("director", world.tenant).post(place, {"value": "2", "evidence": "Rejestr"})
    provider = sign_in("ngo_coordinator", world.tenant, world.organisation)
    refused = provider.post(place, {"value": "9", "evidence": "Lista"})
    assert refused.status_code == 422 and "Za tą wartością stoi jednostka" in words(refused)
    with tenant_scope(world.tenant):
        assert str(StatedValue.objects.get().value) == "2.00"


def test_what_was_not_stated_in_time_can_be_stated_later(
    world: MeasuringWorld, sign_in: Callable[..., Any]
) -> None:
    with tenant_scope(world.tenant):
        close_october(world)
    address = f"/alfa/evaluation/commitments/{world.contract.pk}/2026-10/{world.keys['reported']}/state/"
    said = sign_in("director", world.tenant).post(address, {"value": "4", "evidence": "Lista"}, follow=True)
    assert "4 zajęcia ✓ dotrzymane potwierdzone przez jednostkę" in october(said, "reported")


def test_what_is_stated_late_counts_as_if_it_had_been_stated_in_time(
    world: MeasuringWorld, sign_in: Callable[..., Any]
) -> None:
    def counted() -> tuple[int, int, int, int]:
        with tenant_scope(world.tenant):
            newest = newest_months([world.contract.pk])[world.contract.pk]
            record = track_records([world.organisation.pk])[world.organisation.pk]
        found = (newest.met, newest.judged, newest.stated_met, newest.stated)
        assert (record.met, record.judged, record.stated_met, record.stated) == found
        return found

    with tenant_scope(world.tenant):
        close_october(world)
    met, judged, *own = counted()
    assert own == [0, 0]
    place = f"/alfa/evaluation/commitments/{world.contract.pk}/2026-10/{world.keys['reported']}/"
    provider = sign_in("ngo_coordinator", world.tenant, world.organisation)
    said = provider.post(f"{place}state/", {"value": "4", "evidence": "Lista"}, follow=True)
    assert "4 zajęcia ○ dotrzymane podane przez organizację" in october(said, "reported")
    assert "Lista (organizacja, " in october(said, "reported")
    assert counted() == (met, judged, 1, 1), "what the organisation says of itself stands apart"
    again = provider.post(f"{place}state/", {"value": "9", "evidence": "Lista"})
    assert again.status_code == 422 and "Miesiąc jest przyjęty" in words(again)
    director = sign_in("director", world.tenant)
    seen = re.search(r'name="seen" value="(\w+)"', director.get(f"{place}confirm/").content.decode())
    assert seen
    done = director.post(f"{place}confirm/", {"seen": seen[1]}, follow=True)
    assert "4 zajęcia ✓ dotrzymane potwierdzone przez jednostkę" in october(done, "reported")
    assert counted() == (met + 1, judged + 1, 0, 0)


@pytest.mark.parametrize(("value", "outcome"), [("4", "met"), ("3.99", "not_met")])
def test_a_late_word_of_the_unit_is_judged_by_the_promise_of_the_accepted_month(
    world: MeasuringWorld, sign_in: Callable[..., Any], value: str, outcome: str
) -> None:
    with tenant_scope(world.tenant):
        close_october(world)
        Commitment.objects.filter(measure="reported").update(promised=Decimal(1))
    place = f"/alfa/evaluation/commitments/{world.contract.pk}/2026-10/{world.keys['reported']}/"
    sign_in("director", world.tenant).post(f"{place}state/", {"value": value, "evidence": "Rejestr"})
    with tenant_scope(world.tenant):
        row = Measurement.objects.get(measure="reported")
        said = Entry.objects.get(verb="state_value").payload
    assert (row.value, row.outcome, row.side, row.reason) == (Decimal(value), outcome, "confirmed", "")
    assert said["kept"] == 1


def test_what_the_diary_measures_is_not_stated(world: MeasuringWorld, sign_in: Callable[..., Any]) -> None:
    address = f"/alfa/evaluation/commitments/{world.contract.pk}/2026-10/{world.keys['same_carer']}/state/"
    answer = sign_in("director", world.tenant).post(address, {"value": "100", "evidence": "słowo"})
    assert answer.status_code == 422 and "mierzone z zapisów" in words(answer)
    with tenant_scope(world.tenant):
        assert not StatedValue.objects.exists()


@pytest.mark.parametrize("month", ["2026-13", "2025-12", "2027-01", "x"])
def test_months_that_are_none_of_the_contract_are_not_found(
    world: MeasuringWorld, sign_in: Callable[..., Any], month: str
) -> None:
    client = sign_in("director", world.tenant)
    for key in (world.keys["same_carer"], world.keys["reported"]):
        assert (
            client.get(f"/alfa/evaluation/commitments/{world.contract.pk}/{month}/{key}/").status_code == 404
        )
    assert (
        client.get(
            f"/alfa/evaluation/commitments/{world.contract.pk}/{month}/{world.keys['reported']}/state/"
        ).status_code
        == 404
    )


def test_a_month_that_goes_on_is_not_judged(world: MeasuringWorld, sign_in: Callable[..., Any]) -> None:
    with mock.patch("django.utils.timezone.now", return_value=datetime(2026, 10, 13, 8, tzinfo=UTC)):
        page = page_of(world, sign_in)
    said = october(page, "visits_on_plan")
    assert "miesiąc trwa" in said and "1 z 2" in said and "dotrzymane" not in said
    stated = october(page, "reported")
    assert "miesiąc trwa" in stated and "Podaj wartość" in stated
    # No month of the contract with a visit is over yet that would be newer than September.
    assert "wrzesień 2026" in words(page).split("Ostatni pełny miesiąc")[1].split("Obietnica")[1]


def test_an_amendment_changes_the_promise_from_its_month_on(
    world: MeasuringWorld, sign_in: Callable[..., Any]
) -> None:
    with tenant_scope(world.tenant):
        row = Commitment.objects.get(measure="same_carer")
        before = {
            "part": "",
            "indicator": row.indicator,
            "direction": row.direction,
            "promised": "90",
            "unit": "%",
            "measure": "same_carer",
            "method": "",
        }
        ContractAmendment.objects.create(
            contract=world.contract,
            number=1,
            state="signed",
            reason="zmiana",
            effective_on=date(2026, 11, 1),
            applied_at=datetime(2026, 11, 1, tzinfo=UTC),
            changes={"commitments": [[before], [{**before, "promised": "60"}]]},
        )
        of = PromisesOf(world.contract)
        assert [one.promised for one in of.in_month(OCTOBER)] == [Decimal(90)]
        assert of.in_month(Month(2026, 11))[0].promised == Decimal(60)
        assert of.in_month(OCTOBER)[0].key == of.in_month(Month(2026, 11))[0].key
    said = october(page_of(world, sign_in), "same_carer")
    assert "co najmniej 90 %" in said and "niedotrzymane" in said


def test_the_workbook_says_the_same(world: MeasuringWorld, sign_in: Callable[..., Any]) -> None:
    with tenant_scope(world.tenant):
        Commitment.objects.filter(measure="reported").update(indicator="=1+1")
    client = sign_in("ngo_manager", world.tenant, world.organisation)
    answer = client.get(f"/alfa/evaluation/commitments/{world.contract.pk}/xlsx/", {"year": "2026"})
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    row = next(row for row in rows if row[0] == "Obietnica visits_on_plan" and row[1].month == 10)
    assert row[3:9] == [70.0, 50.0, "%", "niedotrzymane", "zmierzone z zapisów", "2 z 4"]
    assert {str(row[0]) for row in rows if "1+1" in str(row[0])} == {"'=1+1"}


def test_another_organisation_and_roles_without_the_permission(
    world: MeasuringWorld, sign_in: Callable[..., Any]
) -> None:
    stranger = partner(world.tenant)
    address = f"/alfa/evaluation/commitments/{world.contract.pk}/"
    client = sign_in("ngo_manager", world.tenant, stranger)
    state = f"{address}2026-10/{world.keys['reported']}/state/"
    assert client.get(address).status_code == 404
    assert client.get(f"{address}xlsx/").status_code == 404
    assert client.post(state, {"value": "5", "evidence": "x"}).status_code == 404
    assert world.contract.number not in words(client.get("/alfa/evaluation/commitments/"))
    assert sign_in("worker", world.tenant, world.organisation).get(address).status_code == 403
    assert sign_in("inspector", world.tenant).get(state).status_code == 403
    assert (
        sign_in("coordinator", world.tenant).get("/alfa/evaluation/commitments/settings/").status_code == 403
    )


def test_the_conditions_are_the_tenants_own(world: MeasuringWorld, sign_in: Callable[..., Any]) -> None:
    client = sign_in("director", world.tenant)
    address = "/alfa/evaluation/commitments/settings/"
    typed = {
        "punctual_minutes": "25",
        "evening_from": "9:00",
        "replacement_within_hours": "2",
        "first_advice_days": "14",
    }
    wrong = client.post(address, {**typed, "evening_from": "25:00", "replacement_within_hours": "0"})
    assert wrong.status_code == 422 and "„25:00”" in words(wrong)
    assert client.post(address, typed).status_code == 302
    page = page_of(world, sign_in)
    assert "2 z 2" in october(page, "punctual_visits")
    assert "3,0 h" in october(page, "replacement_hours")
    assert client.post(address, {**typed, "seen": "stare"}).status_code == 409
    assert client.post(address, typed).status_code == 302
    with tenant_scope(world.tenant):
        assert Entry.objects.filter(verb="change_measuring").count() == 1


def test_what_pages_never_send_the_verb_refuses_all_the_same(world: MeasuringWorld) -> None:
    access = Access(ACTOR, organisation_ids=None)
    said: dict[str, Any] = {"value": Decimal(5), "evidence": "Rejestr", "access": access}
    with tenant_scope(world.tenant):
        with pytest.raises(DomainError) as unknown:
            state_value(world.contract, OCTOBER, "x", **said)
        coming = Month.of(timezone.localdate()).next()
        with pytest.raises(DomainError) as ahead:
            state_value(world.contract, coming, world.keys["reported"], **said)
        assert not StatedValue.objects.exists()
    assert (unknown.value.code, ahead.value.code) == ("no_commitment", "month_ahead")


def test_empty_contracts_say_what_to_do(alfa: Any, sign_in: Callable[..., Any]) -> None:
    client = sign_in("director", alfa)
    assert "Żadna umowa nie zawiera jeszcze zobowiązań" in words(client.get("/alfa/evaluation/commitments/"))
    with tenant_scope(alfa):
        bare = ContractFactory(organisation=partner(alfa))
        coming = ContractFactory(
            organisation=partner(alfa), valid_from=date(2190, 1, 1), valid_to=date(2190, 12, 31)
        )
        promise(coming, ["same_carer"])
    assert "Umowa nie zawiera zobowiązań" in words(client.get(f"/alfa/evaluation/commitments/{bare.pk}/"))
    assert "Umowa zaczyna się 1 stycznia 2190" in words(
        client.get(f"/alfa/evaluation/commitments/{coming.pk}/")
    )


def test_queries_do_not_grow_with_the_diary(world: MeasuringWorld, sign_in: Callable[..., Any]) -> None:
    client = sign_in("director", world.tenant)
    address = f"/alfa/evaluation/commitments/{world.contract.pk}/"
    client.get(address)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    few = asked()
    with tenant_scope(world.tenant):
        for _ in range(4):
            decision = DecisionFactory(contract=world.contract)
            plan(decision, (2, "10:00", 60))
            visit(decision, WorkerFactory(organisation=world.organisation), date(2026, 10, 6), "10:00", 60)
        Commitment.objects.create(
            contract=world.contract,
            indicator="Jeszcze jedna",
            promised=1,
            measure="planned_days",
            position=20,
        )
    assert asked() == few


@pytest.mark.parametrize("year", ["2026", "1999", "rok", "²026"])
def test_an_odd_year_shows_the_newest(world: MeasuringWorld, sign_in: Callable[..., Any], year: str) -> None:
    assert "październik 2026" in words(page_of(world, sign_in, year=year))
