"""What programmes, trainings and events of a cycle came to, taken into its evaluation and its outcomes."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from contracting.commissioning import steps
from contracting.commissioning.models import Cycle, QualityIndicator
from kernel.tenancy import connection, tenant_scope
from reporting.casework.models import GroupForm, Programme, Result, Training
from reporting.evaluation.models import Evaluation, EvaluationQuestion, OutcomeIndicator, TakenResult
from reporting.evaluation.queries.facts import facts_of
from tenants.models import Tenant
from tests.factories.commissioning import make_cycle, put_at
from tests.reporting.evaluation.test_evaluating import words

DAY = date(2026, 4, 1)


@pytest.fixture
def cycle(alfa: Tenant) -> Cycle:
    """A cycle at its last step without any contract, with one indicator of the scope."""
    with tenant_scope(alfa):
        made = make_cycle(period_from=date(2026, 1, 1), period_to=date(2026, 12, 31))
        QualityIndicator.objects.create(
            cycle=made, name="Ukończenie programu", unit="%", direction="at_least", target=60, method="lista"
        )
        return put_at(made, steps.EVALUATION)


@pytest.fixture
def client(alfa: Tenant, sign_in: Callable[..., Any]) -> Any:
    return sign_in("director", alfa)


def programme(cycle: Cycle, title: str, finished: int, **fields: Any) -> Programme:
    """Twenty started, one dropped out."""
    made: Programme = Programme.objects.create(
        cycle=cycle,
        title=title,
        valid_from=DAY,
        valid_to=DAY,
        started=20,
        finished=finished,
        dropped=1,
        continuing=19 - finished,
        **fields,
    )
    return made


def told(cycle: Cycle) -> dict[str, tuple[int, int]]:
    return {fact.key: (fact.part, fact.whole) for fact in facts_of(cycle)}


def test_every_register_tells_its_figures(cycle: Cycle, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        assert told(cycle) == {}
        one = programme(cycle, "Razem", 12, planned=30, women=8, men=4)
        GroupForm.objects.create(programme=one, name="Grupa", kind="support", participants=15)
        assert told(cycle) == {
            "programmes:all": (1, 1),
            "programmes:groups": (15, 1),
            "programmes:planned": (30, 1),
            "programmes:started": (20, 1),
            "programmes:finished": (12, 1),
            "programmes:finished:share": (12, 20),
            "programmes:dropped": (1, 1),
            "programmes:dropped:share": (1, 20),
            "programmes:continuing": (7, 1),
            "programmes:continuing:share": (7, 20),
            "programmes:women:share": (8, 12),
        }
        other = programme(cycle, "Obok", 3)
        Training.objects.create(
            cycle=cycle, title="Mediacje", starts_on=DAY, ends_on=DAY, minutes=60, staff=4, residents=5
        )
        Result.objects.create(cycle=cycle, kind="event", title="Piknik", happened_on=DAY, quantity=85)
        Result.objects.create(cycle=cycle, kind="event", title="Debata", happened_on=DAY)
        Result.objects.create(cycle=cycle, kind="in_kind", title="Sala", happened_on=DAY, partner="Dom")
        found = told(cycle)
        # Who of the other programme were women is not known, so neither is it of both.
        assert "programmes:women:share" not in found and f"programme:{one.pk}:women:share" in found
        assert found["programmes:finished:share"] == (15, 40)
        assert found[f"programme:{other.pk}:finished:share"] == (3, 20)
        assert {key: found[key][0] for key in found if key.startswith(("trainings", "results"))} == {
            "trainings:all": 1,
            "trainings:staff": 4,
            "trainings:residents": 5,
            "results:events": 2,
            "results:events:size": 85,
            "results:in_kind": 1,
        }


def test_a_share_or_two_counts_fill_in_an_outcome(cycle: Cycle, alfa: Tenant, client: Any) -> None:
    with tenant_scope(alfa):
        programme(cycle, "Razem", 12, planned=30)
        indicator = QualityIndicator.objects.get(cycle=cycle)
    address = f"/alfa/evaluation/cycles/{cycle.pk}/outcomes/add/"
    form = client.get(f"{address}?fact=programmes:finished:share").context["form"]
    assert (form["result_part"].value(), form["result_whole"].value()) == (12, 20)
    page = client.get(f"{address}?indicator={indicator.pk}&part=programmes:finished&whole=programmes:planned")
    form = page.context["form"]
    assert (form["result_part"].value(), form["result_whole"].value()) == (12, 30)
    assert form["source"].value() == "programy: osoby, które ukończyły; programy: osoby planowane"
    assert f'name="indicator" value="{indicator.pk}"' in page.content.decode(), (
        "the choice keeps the indicator"
    )
    only = client.get(f"{address}?part=programmes:finished").context["form"]
    assert (only["result_part"].value(), only["result_whole"].value()) == (12, None)
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    saved = client.post(f"{address}?indicator={indicator.pk}", typed)
    assert saved.status_code == 302
    with tenant_scope(alfa):
        outcome = OutcomeIndicator.objects.get()
        assert (outcome.result_part, outcome.result_whole) == (12, 30)
        assert QualityIndicator.objects.get(cycle=cycle).result == 40, "carried into step 7 in percent"


@pytest.mark.parametrize("strange", ["fact=programmes:started", "part=programmes:finished:share", "whole=x"])
def test_what_is_no_part_or_no_whole_fills_in_nothing(
    cycle: Cycle, alfa: Tenant, client: Any, strange: str
) -> None:
    with tenant_scope(alfa):
        programme(cycle, "Razem", 12)
    page = client.get(f"/alfa/evaluation/cycles/{cycle.pk}/outcomes/add/?{strange}")
    assert page.status_code == 200
    assert page.context["form"]["result_part"].value() is None
    assert page.context["form"]["result_whole"].value() is None


def test_a_count_is_taken_into_an_evaluation_and_its_report(cycle: Cycle, alfa: Tenant, client: Any) -> None:
    with tenant_scope(alfa):
        made = Evaluation.objects.create(
            cycle=cycle, title="Końcowa", kind="final", due_on=date(2026, 12, 1), summary="Dobrze."
        )
        EvaluationQuestion.objects.create(
            evaluation=made, position=1, question="Ilu?", technique="figures", finding="Tylu"
        )
        programme(cycle, "Razem", 12)
    address = f"/alfa/evaluation/{made.pk}/"
    for key in ("programmes:finished", "programmes:finished:share"):
        assert client.post(f"{address}results/take/", {"fact": key, "question": "Ilu?"}).status_code == 302
    page = words(client.get(address))
    assert "osoby, które ukończyły" in page and "60,0 % (12 z 20)" in page
    with tenant_scope(alfa):
        count = TakenResult.objects.get(key="programmes:finished")
        assert (count.kind, count.part, count.whole, count.value) == ("count", 12, 1, 12)
        # What is entered later leaves what was taken as it was.
        programme(cycle, "Obok", 3)
    assert client.post(f"{address}finish/").status_code == 302
    pages = PdfReader(BytesIO(client.get(f"{address}pdf/").content)).pages
    report = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "osoby, które ukończyły (programy): 12" in report


def test_a_count_has_no_whole(cycle: Cycle, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        made = Evaluation.objects.create(cycle=cycle, title="x", kind="final", due_on=date(2026, 12, 1))
        row = {"evaluation": made, "source": "x", "name": "x", "taken_at": timezone.now()}
        TakenResult.objects.create(key="a", kind="count", part=5, whole=1, **row)
        with pytest.raises(IntegrityError), transaction.atomic():
            TakenResult.objects.create(key="b", kind="count", part=1, whole=2, **row)


def test_facts_ask_a_constant_number_of_questions(cycle: Cycle, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        programme(cycle, "Razem", 12)
        with CaptureQueriesContext(connection) as few:
            told(cycle)
        for number in range(4):
            programme(cycle, f"Obok {number}", 3)
        with CaptureQueriesContext(connection) as many:
            told(cycle)
    assert len(many) == len(few)
