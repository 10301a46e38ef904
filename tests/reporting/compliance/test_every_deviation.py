"""Every deviation that a month can have, through its page: told with its words, answered, and kept when accepted."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from contracting.contracts.models import NamedStaff
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision, Suspension
from reporting.compliance import actions
from reporting.compliance.models import ContractMonth, Resolution
from reporting.compliance.queries import compare_month
from reporting.compliance.rules import Code, Deviation, Severity
from reporting.compliance.terms import CODE_NAMES, describe
from tenants.models import Organisation, Tenant
from tenants.roles import Role
from tests.factories.care import (
    ContractFactory,
    DecisionFactory,
    ServiceFactory,
    WorkerFactory,
    plan,
    qualify,
    visit,
)
from tests.factories.people import partner
from tests.reporting.compliance.closing_world import OCTOBER, PROVIDER
from tests.values_on_pages import LANGUAGES

SignIn = Callable[..., Client]
# Where the world has each; a new deviation fails until it has a place here.
PLACES = {
    Code.OVER_DELIVERED: "D/over",
    Code.UNDER_DELIVERED: "D/under",
    Code.NOTHING_DELIVERED: "D/nothing",
    Code.OUTSIDE_SCOPE: "D/beyond",
    Code.SCOPE_NOT_PERFORMED: "D/under",
    Code.OUTSIDE_VALIDITY: "D/early",
    Code.DURING_SUSPENSION: "D/away",
    Code.OFF_PLAN: "D/planned",
    Code.MISSED: "D/planned",
    Code.WORKER_OVERLAP: "D/hurried",
    Code.PERSON_OVERLAP: "D/double",
    Code.NOT_QUALIFIED: "D/double",
    Code.NOT_NAMED: "D/double",
    Code.LATE_ENTRY: "D/late",
    Code.IMPLAUSIBLE_DURATION: "D/short",
    Code.DUPLICATE: "D/twice",
    Code.CONTRACT_CAP: "U/cap",
}


@pytest.fixture
def contract(alfa: Tenant) -> Any:
    """A contract whose October 2026 has every deviation, each at the decision named for it."""
    organisation = partner(alfa)
    with tenant_scope(alfa):
        service = ServiceFactory(required_qualifications=["carer_course"])
        contract = ContractFactory(
            number="U/cap", organisation=organisation, service=service, cap_minutes=600
        )
        named, stranger = (WorkerFactory(organisation=organisation) for _ in range(2))
        qualify(named)
        NamedStaff.objects.create(contract=contract, worker=named)

        def decision(number: str, minutes: int = 60, **fields: Any) -> Decision:
            made: Decision = DecisionFactory(
                number=f"D/{number}", contract=contract, minutes=minutes, **fields
            )
            return made

        visit(decision("over"), named, date(2026, 10, 1), "08:00", 120)
        visit(decision("under", 1200), named, date(2026, 10, 1), "11:00", 60, activities=["shopping"])
        decision("nothing")
        beyond = decision("beyond", activities=["shopping"])
        visit(beyond, named, date(2026, 10, 2), "08:00", 60, activities=["shopping", "hygiene"])
        visit(decision("early", valid_from=date(2026, 10, 12)), named, date(2026, 10, 2), "10:00", 30)
        away = decision("away")
        Suspension.objects.create(
            decision=away, first_day=date(2026, 10, 12), last_day=date(2026, 10, 14), reason="hospital"
        )
        visit(away, named, date(2026, 10, 13), "08:00", 60)
        planned = decision("planned")
        plan(planned, (1, "08:00", 60))
        visit(planned, named, date(2026, 10, 5), "15:00", 60)
        visit(decision("hurried"), named, date(2026, 10, 6), "08:00", 60)
        visit(decision("next"), named, date(2026, 10, 6), "08:30", 60)
        double = decision("double", 120)
        visit(double, named, date(2026, 10, 7), "08:00", 60)
        visit(double, stranger, date(2026, 10, 7), "08:30", 60)
        late = visit(decision("late"), named, date(2026, 10, 8), "08:00", 60)
        late.entered_at += timedelta(days=8)
        late.save(update_fields=["entered_at"])
        visit(decision("short", 5), named, date(2026, 10, 8), "10:00", 5)
        # A person has one decision of a service at a time: the visit is entered again under one of another.
        therapy = ServiceFactory(code="therapy", name="Terapia")
        beside = ContractFactory(number="U/beside", organisation=organisation, service=therapy)
        twice = decision("twice")
        again = DecisionFactory(number="D/twice too", contract=beside, person=twice.person)
        for one in (twice, again):
            visit(one, named, date(2026, 10, 9), "08:00", 60)
    return contract


@pytest.fixture
def director(alfa: Tenant, sign_in: SignIn) -> Client:
    return sign_in(Role.DIRECTOR, alfa)


def _found() -> dict[Code, list[Deviation]]:
    """The deviations at their places, by code."""
    found: dict[Code, list[Deviation]] = {}
    for one in compare_month(OCTOBER).deviations():
        if (one.decision or one.contract) == PLACES[one.code]:
            found.setdefault(one.code, []).append(one)
    return found


def _read(client: Client, contract: Any, language: str) -> dict[Severity, str]:
    """The words of the page under “to explain” and under “to note”."""
    client.cookies["django_language"] = language
    answer = client.get(f"/alfa/month/{contract.pk}/2026-10/")
    assert answer.status_code == 200
    points = answer.content.decode().split('id="to-explain"')[1]
    explain, note = points.split('id="to-note"')
    return {Severity.MUST: _words(explain), Severity.NOTE: _words(note)}


def _words(part: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", part)).split())


def _plain(text: str) -> str:
    return " ".join(text.split())


def test_the_world_has_every_deviation(contract: Any, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        found = _found()
    assert set(found) == set(Code) == set(PLACES)
    assert len(found[Code.MISSED]) == 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.NGO_COORDINATOR])
def test_every_deviation_is_told_to_both_sides_with_its_words(
    contract: Any, alfa: Tenant, sign_in: SignIn, role: Role, language: str
) -> None:
    organisation: Organisation | None = contract.organisation if role is Role.NGO_COORDINATOR else None
    told = _read(sign_in(role, alfa, organisation), contract, language)
    with tenant_scope(alfa), translation.override(language):
        found = _found()
        names = dict(contract.service.activities.values_list("code", "name"))
        for code in Code:
            part = told[found[code][0].severity]
            title = re.escape(_plain(str(CODE_NAMES[code])))
            assert re.search(rf"\b{code} {PLACES[code]} [^:]*: {title}", part), code
            for one in found[code]:
                about = _plain(describe(one, names))
                assert about and about in part, (code, about)
    other = next(one for one in LANGUAGES if one != language)
    for code in Code:
        with translation.override(other):
            assert str(CODE_NAMES[code]) not in " ".join(told.values()), code


def test_every_deviation_is_answered_through_the_page_and_kept_when_accepted(
    contract: Any, alfa: Tenant, director: Client
) -> None:
    address = f"/alfa/month/{contract.pk}/2026-10/"
    with tenant_scope(alfa):
        actions.submit_month(contract, OCTOBER, actor=PROVIDER)
    page = director.get(address).content.decode()
    chosen = re.findall(r'name="chosen" value="([^"]+)" form="explain"', page)
    # While one of them is not explained the month is not accepted.
    typed = {"reason": "agreed", "together": "on"}
    assert director.post(f"{address}answer/", {**typed, "chosen": chosen[1:]}).status_code == 302
    assert director.post(f"{address}accept/").status_code == 422
    assert director.post(f"{address}answer/", {**typed, "chosen": chosen[:1]}).status_code == 302
    assert director.post(f"{address}acknowledge/", {"every": "on"}).status_code == 302
    assert director.post(f"{address}accept/").status_code == 302
    with tenant_scope(alfa):
        row = ContractMonth.objects.get(contract=contract)
        assert row.state == ContractMonth.State.ACCEPTED
        answered = {Code(one.code): one.kind for one in Resolution.objects.all()}
        severities = {code: points[0].severity for code, points in _found().items()}
    assert answered == {
        code: "justified" if severities[code] is Severity.MUST else "acknowledged" for code in Code
    }
    assert row.snapshot is not None
    assert {one["code"] for one in row.snapshot["resolutions"]} == set(Code)
    told = _read(director, contract, "pl")
    for code in Code:
        assert f"✓ {code} {PLACES[code]} " in told[severities[code]], code
