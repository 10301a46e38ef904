"""The evaluation of a cycle through its pages: outcomes, evaluations, the gate, the lessons, the report."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from audit.models import Entry
from contracting.commissioning import steps
from contracting.commissioning.contributions import contribution_to
from contracting.commissioning.models import Cycle, QualityIndicator
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.compliance.models import ContractMonth
from reporting.compliance.snapshots import digest_of
from reporting.evaluation.models import Evaluation, EvaluationIssue, OutcomeIndicator, OutcomeKind
from reporting.evaluation.rules.outcomes import change_percent, cost_of_one, percent, reaches
from reporting.settlement.models import Settlement
from tests.factories.care import ContractFactory
from tests.factories.commissioning import make_cycle, put_at
from tests.factories.people import partner

_TAGS = re.compile(r"<[^>]+>|\s+")


def words(answer: Any) -> str:
    page = _TAGS.sub(" ", answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")
    return re.sub(r"\s+", " ", page)


@pytest.fixture
def cycle(alfa: Any) -> Cycle:
    """A cycle of this year at its last step, with one indicator of the scope in percent."""
    with tenant_scope(alfa):
        made = make_cycle(period_from=date(2026, 1, 1), period_to=date(2026, 12, 31))
        QualityIndicator.objects.create(
            cycle=made, name="Zatrudnienie", unit="%", direction="at_least", target=30, method="umowy"
        )
        return put_at(made, steps.EVALUATION)


@pytest.fixture(autouse=True)
def _kind(alfa: Any) -> None:
    """What the outcome counts is an entry of the tenant's dictionary."""
    with tenant_scope(alfa):
        OUTCOME["kind"] = str(OutcomeKind.objects.get(name="osoby, które podjęły zatrudnienie").pk)


@pytest.fixture
def client(alfa: Any, sign_in: Callable[..., Any]) -> Any:
    return sign_in("director", alfa)


OUTCOME = {
    "name": "Podjęte zatrudnienie",
    "direction": "at_least",
    "target": "30",
    "baseline_part": "5",
    "baseline_whole": "81",
    "result_part": "29",
    "result_whole": "81",
    "spent": "37 142,54",
    "source": "umowy",
}
EVALUATION = {
    "kind": "final",
    "title": "Ewaluacja końcowa",
    "due_on": "31.12.2026",
    "summary": "",
    "questions-TOTAL_FORMS": "2",
    "questions-INITIAL_FORMS": "0",
    "questions-0-question": "Czy osoby wróciły do pracy?",
    "questions-0-technique": "interview",
    "questions-0-source": "29 wywiadów",
    "questions-0-finding": "",
    "questions-1-question": "",
    "questions-1-technique": "documents",
    "recommendations-TOTAL_FORMS": "2",
    "recommendations-INITIAL_FORMS": "0",
    "recommendations-0-text": "Więcej godzin wieczorem",
    "recommendations-0-addressee": "kierownik",
    "recommendations-0-due_on": "01.03.2027",
    "recommendations-0-is_lesson": "on",
    "recommendations-1-text": "Nowe druki",
}


def plan(client: Any, cycle: Cycle, **changes: str) -> Evaluation:
    answer = client.post(f"/alfa/evaluation/cycles/{cycle.pk}/plan/", {**EVALUATION, **changes})
    assert answer.status_code == 302, words(answer)
    with tenant_scope(answer.wsgi_request.tenant):
        return Evaluation.objects.latest("id")


def rewritten(**changes: str) -> dict[str, str]:
    """The evaluation sent again, its rows being stored ones now."""
    stored = {"questions-INITIAL_FORMS": "1", "recommendations-INITIAL_FORMS": "2"}
    return {**EVALUATION, **stored, "questions-0-finding": "29 z 81 osób", "summary": "Udało się", **changes}


def test_an_outcome_is_a_part_of_a_whole_and_has_its_cost(client: Any, cycle: Cycle) -> None:
    add = f"/alfa/evaluation/cycles/{cycle.pk}/outcomes/add/"
    assert client.post(add, OUTCOME).status_code == 302
    page = words(client.get(f"/alfa/evaluation/cycles/{cycle.pk}/"))
    assert "35,8 % (29 / 81)" in page and "6,2 % (5 / 81)" in page and "✓ osiągnięty" in page
    assert "1 280,78 zł" in page and "z 37 142,54 zł" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"result_whole": ""}, "Wynik wymaga części i całości"),
        ({"result_whole": "0"}, "Wynik wymaga części i całości"),
        ({"baseline_part": ""}, "Stan przedtem wymaga części i całości"),
        ({"target": ""}, "Uzupełnij"),
        ({"spent": "-5"}, "za mało"),
        ({"kind": ""}, "Wybierz, co liczysz"),
        ({"kind": "01900000-0000-7000-8000-000000000000"}, "nie ma na liście"),
    ],
)
def test_wrong_outcomes_are_refused_with_the_reason(
    alfa: Any, client: Any, cycle: Cycle, changes: dict[str, str], said: str
) -> None:
    answer = client.post(f"/alfa/evaluation/cycles/{cycle.pk}/outcomes/add/", {**OUTCOME, **changes})
    assert answer.status_code == 422 and said in words(answer)
    with tenant_scope(alfa):
        assert not OutcomeIndicator.objects.exists()


def test_an_indicator_of_the_scope_is_carried_with_its_figures(alfa: Any, client: Any, cycle: Cycle) -> None:
    page = client.get(f"/alfa/evaluation/cycles/{cycle.pk}/").content.decode()
    address = re.search(r'href="([^"]+outcomes/add/\?indicator=[^"]+)"', page)
    assert address
    begun = client.get(address[1]).content.decode()
    assert 'value="Zatrudnienie"' in begun and 'value="30"' in begun
    with tenant_scope(alfa):
        indicator = QualityIndicator.objects.get()
    answer = client.post(
        address[1], {**OUTCOME, "kind": "", "indicator": str(indicator.pk), "name": "Zatrudnienie"}
    )
    assert answer.status_code == 302
    with tenant_scope(alfa):
        indicator = QualityIndicator.objects.get()
    assert (indicator.result, indicator.result_note) == (Decimal("35.80"), "29 / 81")
    step = words(client.get(f"/alfa/cycles/{cycle.pk}/evaluation/"))
    assert "35,8" in step
    again = client.post(
        address[1], {**OUTCOME, "kind": "", "indicator": str(indicator.pk), "name": "Drugi raz"}
    )
    assert again.status_code == 422 and "ma już swój rezultat" in words(again)
    same = client.post(
        f"/alfa/evaluation/cycles/{cycle.pk}/outcomes/add/", {**OUTCOME, "name": "Zatrudnienie"}
    )
    assert same.status_code == 422 and "ma już rezultat o tej nazwie" in words(same)


def test_an_outcome_is_changed_by_whoever_saw_it_last(alfa: Any, client: Any, cycle: Cycle) -> None:
    client.post(f"/alfa/evaluation/cycles/{cycle.pk}/outcomes/add/", OUTCOME)
    with tenant_scope(alfa):
        outcome = OutcomeIndicator.objects.get()
    address = f"/alfa/evaluation/outcomes/{outcome.pk}/"
    seen = re.search(r'name="seen" value="(\w+)"', client.get(address).content.decode())
    assert seen
    assert client.post(address, {**OUTCOME, "result_part": "30", "seen": seen[1]}).status_code == 302
    assert client.post(address, {**OUTCOME, "result_part": "31", "seen": seen[1]}).status_code == 409
    assert "37,0 % (30 / 81)" in words(client.get(f"/alfa/evaluation/cycles/{cycle.pk}/"))
    assert client.get(f"{address}remove/").status_code == 200
    assert client.post(f"{address}remove/").status_code == 302
    with tenant_scope(alfa):
        assert not OutcomeIndicator.objects.exists()
        assert Entry.objects.filter(verb="edit_outcomes").count() == 3


def test_without_money_of_its_own_an_outcome_costs_what_was_settled(
    alfa: Any, client: Any, cycle: Cycle
) -> None:
    """The price changes inside the period; settlements keep the money of their day, whatever the contract says now."""
    with tenant_scope(alfa):
        contract = ContractFactory(
            organisation=partner(alfa), service=cycle.service, price_per_hour=Decimal(99)
        )
        months = {1: ("confirmed", "41.50"), 2: ("settled", "62.25"), 3: ("draft", None)}
        for number, (state, due) in months.items():
            accepted(contract, date(2026, number, 1))
            frozen = (
                {
                    "figures": {},
                    "sha256": "x",
                    "minutes": 60,
                    "part": due,
                    "due": due,
                    "offered_at": timezone.now(),
                }
                if due
                else {}
            )
            Settlement.objects.create(contract=contract, month=date(2026, number, 1), state=state, **frozen)
        Settlement.objects.create(
            contract=contract,
            month=date(2025, 12, 1),
            state="settled",
            figures={},
            sha256="x",
            minutes=1,
            part=9,
            due=9,
            offered_at=timezone.now(),
        )
    client.post(
        f"/alfa/evaluation/cycles/{cycle.pk}/outcomes/add/", {**OUTCOME, "spent": "", "result_part": "4"}
    )
    page = words(client.get(f"/alfa/evaluation/cycles/{cycle.pk}/"))
    # 41,50 zł and 62,25 zł, divided by four persons.
    assert "103,75 zł" in page and "25,94 zł" in page
    assert "rozliczone miesiące: 2 z 3 przyjętych" in page


def test_the_settlement_that_closes_a_contract_after_the_period_is_part_of_its_costs(
    alfa: Any, client: Any, cycle: Cycle
) -> None:
    frozen = {"figures": {}, "sha256": "x", "minutes": 60, "offered_at": timezone.now(), "state": "settled"}
    with tenant_scope(alfa):
        last = Month.of(cycle.period_to)
        contract = ContractFactory(
            organisation=partner(alfa),
            service=cycle.service,
            valid_from=cycle.period_from,
            valid_to=cycle.period_to,
        )
        accepted(contract, last.first)
        for month, due in ((last, "100.00"), (last.next(), "-20.75")):
            Settlement.objects.create(contract=contract, month=month.first, part=due, due=due, **frozen)
    client.post(
        f"/alfa/evaluation/cycles/{cycle.pk}/outcomes/add/", {**OUTCOME, "spent": "", "result_part": "1"}
    )
    page = words(client.get(f"/alfa/evaluation/cycles/{cycle.pk}/"))
    assert "79,25 zł" in page
    assert "rozliczone miesiące: 1 z 1" in page


def accepted(contract: Any, month: date) -> None:
    ContractMonth.objects.create(
        contract=contract,
        month=month,
        state="accepted",
        accepted_minutes=60,
        snapshot={},
        snapshot_sha256="x",
    )


def test_an_evaluation_from_plan_to_report(alfa: Any, client: Any, cycle: Cycle) -> None:
    with tenant_scope(alfa):
        reminder = contribution_to(steps.EVALUATION, cycle, None)
    assert {str(item.label): item.must for item in reminder.items if not item.done}[
        "Zaplanowane ewaluacje są zakończone"
    ] is False
    evaluation = plan(client, cycle)
    address = f"/alfa/evaluation/{evaluation.pk}/"
    page = words(client.get(address))
    assert "Czy osoby wróciły do pracy?" in page and "wywiad indywidualny 29 wywiadów" in page
    assert "nie ma jeszcze ustalenia" in page and "Więcej godzin wieczorem kierownik 1 marca 2027" in page
    with tenant_scope(alfa):
        waiting = contribution_to(steps.EVALUATION, cycle, None)
        assert any(str(item.label) == "Zaplanowane ewaluacje są zakończone" for item in waiting.unmet)
        assert waiting.lessons == ()

    refused = client.post(f"{address}finish/")
    assert refused.status_code == 422 and "każde pytanie ma ustalenie" in words(refused)
    assert client.post(f"{address}edit/", rewritten(summary="")).status_code == 302
    refused = client.post(f"{address}finish/")
    assert refused.status_code == 422 and "napisz podsumowanie" in words(refused)
    assert client.post(f"{address}edit/", rewritten()).status_code == 302
    assert client.post(f"{address}finish/").status_code == 302
    assert "✓ zakończona" in words(client.get(address))

    with tenant_scope(alfa):
        told = contribution_to(steps.EVALUATION, cycle, None)
        assert told.lessons == ("Więcej godzin wieczorem",)
    assert "Więcej godzin wieczorem" not in words(client.get(f"/alfa/cycles/{cycle.pk}/needs_diagnosis/"))
    refused = client.post(f"{address}edit/", rewritten(summary="Inaczej"))
    assert refused.status_code == 422 and "Ewaluacja jest zakończona" in words(refused)
    assert client.post(f"{address}remove/").status_code == 422
    report = client.get(f"{address}pdf/")
    assert report.content.startswith(b"%PDF") and "ewaluacja-koncowa.pdf" in report["Content-Disposition"]
    assert client.get(f"{address}pdf/").content == report.content

    assert client.post(f"{address}reopen/").status_code == 302
    assert client.post(f"{address}reopen/").status_code == 422
    # What was finished once stays, with its issue; one that never was can go.
    refused = client.post(f"{address}remove/")
    assert refused.status_code == 422 and "to, co wtedy mówiła, zostaje" in words(refused)
    other = plan(client, cycle, kind="partial", title="Częściowa")
    assert client.post(f"/alfa/evaluation/{other.pk}/remove/").status_code == 302
    assert client.get(f"/alfa/evaluation/{other.pk}/").status_code == 404
    with tenant_scope(alfa):
        verbs = (
            Entry.objects.filter(subject_type="evaluation")
            .order_by("sequence")
            .values_list("verb", flat=True)
        )
        assert list(verbs) == [
            "plan_evaluation",
            "edit_evaluation",
            "edit_evaluation",
            "finish_evaluation",
            "reopen_evaluation",
            "plan_evaluation",
            "remove_evaluation",
        ]


def pdf_text(client: Any, address: str) -> str:
    read = PdfReader(BytesIO(client.get(address).content)).pages
    return " ".join(" ".join(page.extract_text() for page in read).replace("\u00a0", " ").split())


def test_a_finished_evaluation_tells_what_it_told_then(alfa: Any, client: Any, cycle: Cycle) -> None:
    client.post(f"/alfa/evaluation/cycles/{cycle.pk}/outcomes/add/", OUTCOME)
    evaluation = plan(client, cycle, owner_id=str(client.user.pk))
    address = f"/alfa/evaluation/{evaluation.pk}/"
    client.post(f"{address}edit/", rewritten(owner_id=str(client.user.pk)))
    live = pdf_text(client, f"{address}pdf/")
    assert client.post(f"{address}finish/").status_code == 302
    before = words(client.get(address))
    assert "35,8 % (29 / 81)" in before and "1 280,78 zł" in before and "zmieniły się dane" not in before
    # All that an open one told is in the issue too: what was finished, by whom, and the checksum are more.
    told = pdf_text(client, f"{address}pdf/")
    after = told.index("Podsumowanie")
    assert told[after:].split("strona")[0] == live[live.index("Podsumowanie") :].split("strona")[0]
    with tenant_scope(alfa):
        issue = EvaluationIssue.objects.get()
        assert issue.number == 1 and issue.sha256 == digest_of(issue.content)
        assert Entry.objects.get(verb="finish_evaluation").payload["sha256"] == issue.sha256
        outcome = OutcomeIndicator.objects.get()
    assert issue.sha256 in told.replace(" ", "")

    change = {**OUTCOME, "name": "Podjęta posada", "result_part": "30", "seen": ""}
    assert client.post(f"/alfa/evaluation/outcomes/{outcome.pk}/", change).status_code == 302
    with tenant_scope(alfa):
        Cycle.objects.update(title="Inny tytuł")
    page = words(client.get(address))
    assert "35,8 % (29 / 81)" in page and "37,0 %" not in page and "Podjęta posada" not in page
    assert "Zmieniło się: rezultaty cyklu." in page
    assert pdf_text(client, f"{address}pdf/") == told
    assert "37,0 % (30 / 81)" in words(client.get(f"/alfa/evaluation/cycles/{cycle.pk}/"))

    client.post(f"{address}reopen/")
    assert "37,0 % (30 / 81)" in words(client.get(address))
    assert "37,0 % (30 / 81)" in pdf_text(client, f"{address}pdf/")
    client.post(f"{address}finish/")
    assert "37,0 % (30 / 81)" in words(client.get(address))
    assert pdf_text(client, f"{address}pdf/?issue=1") == told
    assert "37,0 % (30 / 81)" in pdf_text(client, f"{address}pdf/?issue=2")
    for strange in ("0", "3", "x", "-1", "9" * 30):
        assert client.get(f"{address}pdf/?issue={strange}").status_code == 404


def test_lessons_stand_ready_when_the_cycle_is_closed(alfa: Any, client: Any, cycle: Cycle) -> None:
    with tenant_scope(alfa):
        QualityIndicator.objects.update(result=35)
    evaluation = plan(client, cycle)
    closing = f"/alfa/cycles/{cycle.pk}/close/"
    assert "Zaplanowane ewaluacje są zakończone" in words(client.get(closing))
    client.post(f"/alfa/evaluation/{evaluation.pk}/edit/", rewritten())
    client.post(f"/alfa/evaluation/{evaluation.pk}/finish/")
    page = client.get(closing).content.decode()
    assert re.search(r'<textarea name="lessons"[^>]*>\s*Więcej godzin wieczorem</textarea>', page)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "Uzupełnij"),
        ({"due_on": "31.02.2027"}, "31.02.2027"),
        ({"questions-0-technique": "guess"}, "nie ma na liście"),
        ({"recommendations-0-due_on": "jutro"}, "jutro"),
    ],
)
def test_wrong_evaluations_are_refused_and_nothing_typed_is_lost(
    alfa: Any, client: Any, cycle: Cycle, changes: dict[str, str], said: str
) -> None:
    answer = client.post(f"/alfa/evaluation/cycles/{cycle.pk}/plan/", {**EVALUATION, **changes})
    assert answer.status_code == 422 and said in answer.content.decode()
    assert "Czy osoby wróciły do pracy?" in answer.content.decode()
    with tenant_scope(alfa):
        assert not Evaluation.objects.exists()


def test_one_final_evaluation_and_titles_once(client: Any, cycle: Cycle) -> None:
    plan(client, cycle)
    second = client.post(f"/alfa/evaluation/cycles/{cycle.pk}/plan/", {**EVALUATION, "title": "Druga"})
    assert second.status_code == 422 and "ma już ewaluację końcową" in words(second)
    same = client.post(f"/alfa/evaluation/cycles/{cycle.pk}/plan/", {**EVALUATION, "kind": "partial"})
    assert same.status_code == 422 and "ewaluację o tej nazwie" in words(same)


def test_the_later_of_two_writers_learns_of_the_earlier(client: Any, cycle: Cycle) -> None:
    evaluation = plan(client, cycle)
    address = f"/alfa/evaluation/{evaluation.pk}/edit/"
    seen = re.search(r'name="seen" value="(\w+)"', client.get(address).content.decode())
    assert seen
    assert client.post(address, rewritten(seen=seen[1])).status_code == 302
    assert client.post(address, rewritten(seen=seen[1], summary="Inaczej")).status_code == 409


def test_nothing_changes_in_a_closed_cycle(alfa: Any, client: Any, cycle: Cycle) -> None:
    evaluation = plan(client, cycle)
    with tenant_scope(alfa):
        Cycle.objects.filter(pk=cycle.pk).update(state="closed", closed_at=timezone.now())
    for answer in (
        client.post(f"/alfa/evaluation/{evaluation.pk}/edit/", rewritten()),
        client.post(f"/alfa/evaluation/{evaluation.pk}/finish/"),
        client.post(f"/alfa/evaluation/cycles/{cycle.pk}/outcomes/add/", OUTCOME),
        client.post(f"/alfa/evaluation/cycles/{cycle.pk}/plan/", EVALUATION),
    ):
        assert answer.status_code == 422 and "Cykl jest zamknięty" in words(answer)
    assert "Zaplanuj ewaluację" not in words(client.get(f"/alfa/evaluation/cycles/{cycle.pk}/"))


@pytest.mark.parametrize(("days", "kind"), [(-1, "miała być gotowa"), (10, "ma być gotowa"), (30, None)])
def test_the_owner_is_reminded_on_the_start_page(
    client: Any, cycle: Cycle, days: int, kind: str | None
) -> None:
    due = timezone.localdate() + timedelta(days=days)
    plan(client, cycle, due_on=f"{due:%d.%m.%Y}", owner_id=str(client.user.pk))
    page = words(client.get("/alfa/"))
    assert (kind is not None and f"Ewaluacja „Ewaluacja końcowa” {kind}" in page) is (kind is not None)
    if kind is None:
        assert "Ewaluacja końcowa" not in page


def test_who_may_not(alfa: Any, sign_in: Callable[..., Any], client: Any, cycle: Cycle) -> None:
    evaluation = plan(client, cycle)
    inspector = sign_in("inspector", alfa)
    assert inspector.get(f"/alfa/evaluation/{evaluation.pk}/").status_code == 200
    assert inspector.post(f"/alfa/evaluation/{evaluation.pk}/finish/").status_code == 403
    manager = sign_in("ngo_manager", alfa, partner(alfa))
    assert manager.get(f"/alfa/evaluation/cycles/{cycle.pk}/").status_code == 403


def test_queries_do_not_grow_with_outcomes_and_evaluations(alfa: Any, client: Any, cycle: Cycle) -> None:
    address = f"/alfa/evaluation/cycles/{cycle.pk}/"

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    def add(count: int) -> None:
        with tenant_scope(alfa):
            kind = OutcomeKind.objects.get(name="inny rezultat")
            for number in range(count):
                title = f"{count}-{number}"
                Evaluation.objects.create(
                    cycle=cycle, title=title, due_on=date(2026, 12, 1), owner_id=client.user.pk
                )
                OutcomeIndicator.objects.create(cycle=cycle, name=title, kind=kind, target=1)

    client.get(address)
    add(1)
    few = asked()
    add(5)
    assert asked() == few


def test_shares_and_costs() -> None:
    assert percent(Decimal(29), Decimal(81)) == Decimal("35.8")
    assert percent(Decimal(2046), Decimal(3232)) == Decimal("63.3")
    assert percent(Decimal(1), Decimal(2000)) == Decimal("0.1")
    assert percent(None, Decimal(3)) is None and percent(Decimal(1), None) is None
    assert change_percent(Decimal("83.36"), Decimal(100)) == Decimal("-16.6")
    assert change_percent(None, Decimal(1)) is None
    assert reaches("at_least", Decimal("35.8"), Decimal(29), Decimal(81)) is True
    assert reaches("at_least", Decimal("35.81"), Decimal(29), Decimal(81)) is False
    assert reaches("at_most", Decimal("35.8"), Decimal(29), Decimal(81)) is False
    assert reaches("at_most", Decimal(1), None, Decimal(81)) is None
    assert cost_of_one(Decimal(100), Decimal(3)) == Decimal("33.33")
    assert cost_of_one(Decimal(0), Decimal(3)) is None and cost_of_one(Decimal(5), Decimal(0)) is None
