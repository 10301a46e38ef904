"""What waits in supervision on the start page: a few lines of each kind, the others counted, the same few queries."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracting.commissioning.waiting import MOST_NAMED
from contracting.contracts.models import Contract
from kernel.tenancy import connection
from reporting.care.models import Decision
from reporting.compliance.models import ContractMonth
from reporting.supervision.models import (
    Breach,
    DecisionAdvice,
    Dossier,
    Finding,
    Inspection,
    Recommendation,
    SupervisionSettings,
    Survey,
)
from tests.factories.care import ContractFactory
from tests.reporting.supervision.asking import published
from tests.reporting.supervision.dossiers import at as of_month
from tests.reporting.supervision.dossiers import recommend
from tests.reporting.supervision.supervised import Supervised, build_supervised

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def accepted(contract: Contract, *, days: int, state: str = "accepted") -> None:
    """October of the contract, accepted so many days ago."""
    ContractMonth.objects.create(
        contract=contract,
        month=date(2026, 10, 1),
        state=state,
        submitted_at=timezone.now() - timedelta(days=days),
        accepted_at=timezone.now() - timedelta(days=days),
        accepted_minutes=0,
        snapshot={},
        snapshot_sha256="x" * 64,
    )


def wait_for(world: Supervised, count: int) -> None:
    """So many of everything that waits on either side; runs in the tenant."""
    today, now = timezone.localdate(), timezone.now()
    asked = published()
    decisions = list(Decision.objects.all())
    for at in range(count):
        fields: dict[str, Any] = {"contract": world.contract, "year": 2026, "number": 100 + at}
        of_plan = {"kind": "documents", "subject": "Karty", "inspector_name": "J. Nowak"}
        Inspection.objects.create(**fields, **of_plan, planned_on=today + DAY)
        sent = Inspection.objects.create(
            **fields | {"number": 200 + at},
            **of_plan,
            planned_on=today - DAY,
            state="sent",
            held_on=today - DAY,
            sent_at=now,
            answer_due_on=today - DAY,
        )
        finding = Finding.objects.create(inspection=sent, number=1, severity="minor", text="Brak")
        for place, state in enumerate(("open", "reported"), start=1):
            Recommendation.objects.create(
                finding=finding,
                place=place,
                text="Uzupełnić",
                owner="koordynator",
                due_on=today - DAY,
                state=state,
                reported_at=now if state == "reported" else None,
            )
        contract = ContractFactory(
            organisation=world.organisation, service=world.contract.service, number=f"W/{at}/2026"
        )
        accepted(ContractFactory(organisation=world.organisation, number=f"X/{at}/2026"), days=40)
        dossier = Dossier.objects.create(contract=contract, month=date(2026, 10, 1))
        DecisionAdvice.objects.create(
            dossier=dossier,
            decision=decisions[at],
            verdict="lower",
            proposed_minutes=60,
            task="open",
            due_on=today,
            reason="x",
        )
        Breach.objects.create(**fields, facts="x", basis="§ 1", reported_at=now, answer_due_on=today - DAY)
        Survey.objects.create(
            **fields,
            questionnaire=asked,
            first_month=date(2026, 10, 1),
            last_month=date(2026, 10, 1),
            method="random",
            seed="x",
            population=1,
            closes_on=today - DAY,
            started_at=now,
        )


@pytest.mark.parametrize("who", ["director", "ngo"])
def test_a_few_of_each_kind_are_named_and_the_others_counted(alfa: Any, beta: Any, who: str) -> None:
    counts, pages = [], []
    for tenant, many in ((alfa, MOST_NAMED), (beta, MOST_NAMED + 4)):
        world = build_supervised(tenant, decisions=many)
        with world.in_tenant():
            wait_for(world, many)
        world.today_page(who)
        with CaptureQueriesContext(connection) as asked:
            pages.append(world.today_page(who))
        counts.append(len(asked))
    assert counts[0] == counts[1]
    few, more = pages
    assert "Teczki miesiąca: jeszcze" not in few and "Naruszenia: jeszcze" not in few
    kinds = {
        "director": {
            "Kontrole": 2 * MOST_NAMED + 8 - MOST_NAMED,
            "Zalecenia pokontrolne": 2 * MOST_NAMED + 8 - MOST_NAMED,
            "Zadania zmiany decyzji": 4,
            "Teczki miesiąca": 4,
            "Nierozpoczęte teczki miesiąca": 4,
            "Naruszenia": 4,
            "Ankiety": 4,
        },
        "ngo": {
            "Kontrole": 2 * MOST_NAMED + 8 - MOST_NAMED,
            "Zalecenia pokontrolne": 4,
            "Teczki miesiąca": 4,
            "Nierozpoczęte teczki miesiąca": 4,
            "Naruszenia": 4,
        },
    }[who]
    for kind, count in kinds.items():
        assert f"{kind}: jeszcze {count}" in more, kind


def test_recommendations_alike_are_one_line(world: Supervised) -> None:
    with world.in_tenant():
        wait_for(world, 1)
        finding, day = Finding.objects.get(), timezone.localdate() + DAY
        for place in (3, 4):
            Recommendation.objects.create(
                finding=finding, place=place, text="Uzupełnić", owner="koordynator", due_on=day
            )
        number = str(finding.inspection)
    page = world.today_page("ngo")
    late, soon = f"Termin zalecenia z kontroli {number} minął", f"2 zalecenia z kontroli {number} mają termin"
    # Each line stands on the page as often as another: its title, and the name of its button.
    assert page.count(soon) == page.count(late) > 0
    assert f"Zalecenie z kontroli {number} ma termin" not in page


NOT_BEGUN = {
    "director": "Nikt nie rozpoczął teczki za październik 2026; termin minął",
    "ngo": "Termin sprawozdania o problemach za październik 2026 minął",
}


@pytest.mark.parametrize("who", NOT_BEGUN)
@pytest.mark.parametrize("state", ["accepted", "settled"])
def test_an_accepted_month_whose_dossier_nobody_begins_is_told_after_the_term(
    world: Supervised, who: str, state: str
) -> None:
    with world.in_tenant():
        accepted(world.contract, days=15, state=state)
    page = world.today_page(who)
    assert NOT_BEGUN[who] in page and world.url("dossier", **of_month(world)) in page
    assert NOT_BEGUN[who] not in world.today_page("other_ngo")
    with world.in_tenant():
        ContractMonth.objects.update(accepted_at=timezone.now() - timedelta(days=14))
    assert NOT_BEGUN[who] not in world.today_page(who), "the last day of the term"
    with world.in_tenant():
        SupervisionSettings.objects.create(dossier_days=13)
    assert NOT_BEGUN[who] in world.today_page(who), "the term is the tenant's own"
    assert recommend(world).status_code == 302
    assert NOT_BEGUN[who] not in world.today_page(who), "it is begun"


def test_the_list_of_dossiers_has_pages(world: Supervised) -> None:
    page = world.get("director", "dossiers", "?month=2026-10&page=99").context["page"]
    assert page.paginator.per_page == 50 and [one.number for one in page] == [world.contract.number]
