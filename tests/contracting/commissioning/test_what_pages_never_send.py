"""Refusals of steps 1 to 3, of the law and of payments that no page asks for: the verbs refuse all the same."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from audit.models import Entry
from contracting.commissioning import steps
from contracting.commissioning.actions import cycles, forms, law, needs, payments, resources, scope, services
from contracting.commissioning.actions.forms import CriterionLine, Score
from contracting.commissioning.actions.law import LimitTerms
from contracting.commissioning.actions.payments import TableTerms
from contracting.commissioning.actions.steps import reopen_step
from contracting.commissioning.models import Cycle, FormOption, LegalLimit, PaymentTable, Resource, Service
from contracting.commissioning.rules.payments import Band
from kernel.access import Actor
from kernel.errors import DomainError
from tests.factories.commissioning import (
    make_cycle,
    make_group,
    make_need,
    make_resource,
    put_at,
    step_of,
)
from tests.meanwhile import meanwhile

ACTOR = Actor.system("tests")
LINE = CriterionLine("Koszt", 40, "cost")
TERMS = {
    "value": Decimal(30),
    "valid_from": date(2027, 1, 1),
    "valid_to": None,
    "article": "art. 13 ust. 1",
    "source": "Dz.U. 2027 poz. 12",
    "verified": True,
}
NEED = {"name": "Zakupy", "persons": 10, "minutes_month": 600, "activity": None, "priority": 2}


def refused(verb: Callable[[], object]) -> DomainError:
    """The refusal; nothing was written, in the record neither."""
    before = Entry.objects.count()
    with pytest.raises(DomainError) as refusal:
        verb()
    assert Entry.objects.count() == before
    return refusal.value


@pytest.fixture
def compared(in_alfa: Any) -> Cycle:
    """A cycle at step 3 with one criterion and one form."""
    cycle = put_at(make_cycle(), steps.FORM)
    Cycle.objects.update(form_criteria=[{"code": "cost", "name": "Koszt", "weight": 40}])
    FormOption.objects.create(cycle=cycle, form="entrust")
    cycle.refresh_from_db()
    return cycle


@pytest.mark.parametrize(
    ("lines", "compare", "code", "value"),
    [
        ([LINE], ["entrust", "barter"], "unknown_form", "barter"),
        ([], ["entrust"], "criteria_missing", None),
        ([CriterionLine(f"K{n}", 1, f"k{n}") for n in range(100)], ["entrust"], "criteria_many", None),
        ([LINE, LINE], ["entrust"], "criterion_twice", "Koszt"),
        ([CriterionLine("Koszt", 0, "cost")], ["entrust"], "weight_wrong", "0"),
    ],
)
def test_a_comparison(
    compared: Cycle, lines: list[CriterionLine], compare: list[str], code: str, value: Any
) -> None:
    refusal = refused(lambda: forms.edit_comparison(compared, lines, compare, actor=ACTOR))
    assert (refusal.code, refusal.problems[0].value) == (code, value)
    compared.refresh_from_db()
    assert len(compared.form_criteria) == 1 and FormOption.objects.count() == 1


@pytest.mark.parametrize(
    ("form", "criterion", "score", "code"),
    [
        ("own", "cost", Score(3, "Tanio"), "unknown_form"),
        ("entrust", "reach", Score(3, "Blisko"), "unknown_criterion"),
        ("entrust", "cost", Score(6, "Tanio"), "points_wrong"),
        ("entrust", "cost", Score(3, " "), "reason_missing"),
    ],
)
def test_points_of_a_form(compared: Cycle, form: str, criterion: str, score: Score, code: str) -> None:
    refusal = refused(lambda: forms.score_forms(compared, {form: {criterion: score}}, actor=ACTOR))
    assert refusal.code == code
    assert FormOption.objects.get().scores == {}


@pytest.mark.parametrize(
    ("form", "reason", "code", "field"),
    [("own", "Taniej", "form_not_compared", "form"), ("entrust", " ", "reason_missing", "reason")],
)
def test_a_choice(compared: Cycle, form: str, reason: str, code: str, field: str) -> None:
    refusal = refused(lambda: forms.choose_form(compared, form, reason=reason, actor=ACTOR))
    assert (refusal.code, refusal.problems[0].field) == (code, field)
    assert not FormOption.objects.get().chosen


def test_needs_and_items_of_others(in_alfa: Any) -> None:
    """Groups, needs and activities of another cycle or service stand in no list of the page."""
    cycle = put_at(make_cycle(), steps.NEEDS_DIAGNOSIS)
    other = make_cycle(service=Service.objects.create(code="other", name="Inna"), title="Inny")
    activity = other.service.activities.create(code="walk", name="Spacer", position=1)
    foreign = make_group(other)
    own = make_group(cycle)
    theirs = make_need(other, group=foreign)
    for line, code in (
        ({**NEED, "group": foreign}, "foreign_group"),
        ({**NEED, "group": own, "activity": activity}, "foreign_activity"),
    ):
        assert refused(lambda line=line: needs.edit_needs(cycle, [line], actor=ACTOR)).code == code  # type: ignore[misc]
    counted = {"resource": None, "need": theirs, "minutes_month": 60}
    assert refused(lambda: needs.count_resources(cycle, [counted], actor=ACTOR)).code == "foreign_need"
    put_at(cycle, steps.SCOPE)
    mine = cycle.service.activities.first()
    for item, code in (
        ({"activity": activity, "need": None}, "foreign_activity"),
        ({"activity": mine, "need": theirs}, "foreign_need"),
    ):
        assert refused(lambda item=item: scope.edit_scope(cycle, [item], actor=ACTOR)).code == code  # type: ignore[misc]


def test_a_limit_that_nobody_knows(in_alfa: Any) -> None:
    refusal = refused(lambda: law.enter_limit("hours_of_sleep", LimitTerms(**TERMS), actor=ACTOR))  # type: ignore[arg-type]
    assert refusal.code == "unknown_limit"


@pytest.mark.parametrize("paid", [("101", "50"), ("50", "100.01")])
def test_a_table_by_which_somebody_pays_more_than_the_price(in_alfa: Any, paid: tuple[str, str]) -> None:
    band = Band(Decimal(0), None, Decimal(paid[0]), Decimal(paid[1]))
    terms = TableTerms("Tabela", "uchwała", date(2027, 1, 1), Decimal(40), "grosz", [band])
    service = make_cycle().service
    refusal = refused(lambda: payments.create_table(service, terms, actor=ACTOR))
    assert (refusal.code, refusal.problems[0].value) == ("percent_above_hundred", "1")
    assert not PaymentTable.objects.exists()


def test_words_that_stay(in_alfa: Any) -> None:
    cycle = put_at(make_cycle(), steps.SCOPE)
    passed = step_of(cycle, steps.NEEDS_DIAGNOSIS)
    for verb, code in (
        (lambda: cycles.abandon_cycle(cycle, reason=" ", actor=ACTOR), "reason_missing"),
        (lambda: reopen_step(passed, reason=" ", actor=ACTOR), "reason_missing"),
        (
            lambda: cycles.close_cycle(cycle, lessons=" ", note="", following=None, actor=ACTOR),
            "lessons_missing",
        ),
    ):
        assert refused(verb).code == code
    cycle.refresh_from_db()
    assert cycle.is_running and step_of(cycle, steps.NEEDS_DIAGNOSIS).state == "passed"


def _resource() -> Any:
    given = make_resource()
    values = {name.removesuffix("_id"): getattr(given, name.removesuffix("_id")) for name in resources.FIELDS}
    Resource.objects.all().delete()
    return partial(resources.save_resource, None, **values, actor=ACTOR), make_resource


def _cycle() -> Any:
    service = make_cycle(title="Poprzedni").service
    return partial(make_cycle, service), partial(
        Cycle.objects.create,
        service=service,
        title="Usługi opiekuńcze 2027",
        period_from=date(2027, 1, 1),
        period_to=date(2027, 12, 31),
    )


def _service() -> Any:
    line = services.ActivityLine("Spacer", "walk")
    given: dict[str, Any] = {"activities": [line], "required_qualifications": []}
    verb = partial(services.create_service, code="nowa", name="Nowa", **given, actor=ACTOR)
    return verb, partial(Service.objects.create, code="nowa", name="Inna")


def _limit() -> Any:
    verb = partial(law.enter_limit, "call_days_min", LimitTerms(**TERMS), actor=ACTOR)  # type: ignore[arg-type]
    return verb, partial(verb)


def _table() -> Any:
    band = Band(Decimal(0), None, Decimal(100), Decimal(100))
    terms = TableTerms("Tabela", "uchwała", date(2027, 1, 1), Decimal(40), "grosz", [band])
    verb = partial(payments.create_table, make_cycle().service, terms, actor=ACTOR)
    return verb, partial(verb)


@pytest.mark.parametrize(
    ("module", "prepare", "code", "model"),
    [
        (resources, _resource, "resource_exists", Resource),
        (cycles, _cycle, "cycle_exists", Cycle),
        (services, _service, "service_exists", Service),
        (law, _limit, "limit_twice", LegalLimit),
        (payments, _table, "table_twice", PaymentTable),
    ],
)
def test_what_somebody_else_made_at_this_moment(
    in_alfa: Any, module: Any, prepare: Callable[[], Any], code: str, model: Any
) -> None:
    """Looked for before, and not there; the constraint of the database refuses the second."""
    verb, rival = prepare()
    before = model.objects.count()
    with meanwhile(module, "require_valid", rival, after=True):
        assert refused(verb).code == code
    # What the other made goes with it, as both share the test's one transaction.
    assert model.objects.count() == before
