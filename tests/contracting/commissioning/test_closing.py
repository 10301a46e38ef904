"""The end of a cycle: results, lessons, and what the next cycle takes over."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from audit.models import Entry
from contracting.commissioning import actions, steps
from contracting.commissioning.models import Activity, Cycle, Need, QualityIndicator, ScopeItem
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tests.factories.commissioning import (
    ACTOR,
    count_resource,
    make_cycle,
    make_group,
    make_need,
    put_at,
    states_of,
    step_of,
)


def _indicator(cycle: Cycle, name: str = "Wykonanie godzin", **fields: Any) -> QualityIndicator:
    fields = {"unit": "%", "direction": "at_least", "target": Decimal(95), "method": "Porównanie", **fields}
    made: QualityIndicator = QualityIndicator.objects.create(cycle=cycle, name=name, **fields)
    return made


@pytest.fixture
def cycle(in_alfa: Any) -> Cycle:
    """At its evaluation: one need met by the scope, one that nothing answers, one indicator without a result."""
    made = make_cycle()
    met, unmet = make_need(made, 2600), make_need(made, 6000, name="Wyręczenie rodziny")
    count_resource(made, 1000, unmet)
    ScopeItem.objects.create(
        cycle=made, activity=Activity.objects.get(service=made.service, code="shopping"), need=met,
        performer="carer", mode="together", times_week=5, minutes_each=60, persons=2,
    )  # fmt: skip
    _indicator(made)
    return put_at(made, steps.EVALUATION)


def _closing(**changes: Any) -> dict[str, Any]:
    return {
        "lessons": "Zastępstwa w 4 godziny\nWięcej wieczorów",
        "note": "Raport przyjęty",
        "open_next": "on",
        "title": "Usługi opiekuńcze 2028",
        "period_from": "2028-01-01",
        "period_to": "2028-12-31",
        **changes,
    }


def test_a_cycle_is_closed_when_every_indicator_has_its_result(
    cycle: Cycle, in_alfa: Any, sign_in: Any
) -> None:
    client = sign_in("director", in_alfa)
    address = f"/alfa/cycles/{cycle.pk}/close/"
    assert client.post(address, _closing()).status_code == 422
    with tenant_scope(in_alfa):
        indicator = QualityIndicator.objects.get()
        assert Cycle.objects.count() == 1 and Cycle.objects.get().is_running
    results = f"/alfa/cycles/{cycle.pk}/evaluation/results/"
    seen = client.get(results).context["form"].initial["seen"]
    typed = {f"result-{indicator.pk}": "93,5", f"note-{indicator.pk}": "Braki w lipcu", "seen": seen}
    assert client.post(results, typed | {f"result-{indicator.pk}": "dużo"}).status_code == 422
    assert client.post(results, typed).status_code == 302
    assert client.post(results, typed).status_code == 409
    page = client.get(f"/alfa/cycles/{cycle.pk}/evaluation/").content.decode()
    assert "93,5" in page and "nieosiągnięty" in page
    form = client.get(address).context["form"]
    assert (form.initial["period_from"], form.initial["period_to"]) == (date(2028, 1, 1), date(2028, 12, 31))
    with tenant_scope(in_alfa):
        unmet = Need.objects.get(name="Wyręczenie rodziny")
        assert form.initial["unmet"] == [unmet.pk]
    assert client.post(address, _closing(lessons="")).status_code == 422
    assert client.post(address, _closing(title="")).context["form"].errors["title"]
    answer = client.post(address, _closing(unmet=[str(unmet.pk)]))
    assert answer.status_code == 302
    with tenant_scope(in_alfa):
        closed, following = Cycle.objects.get(pk=cycle.pk), Cycle.objects.get(predecessor=cycle)
        assert answer.url == f"/alfa/cycles/{following.pk}/"
        assert closed.state == "closed" and "Zastępstwa" in closed.lessons
        assert states_of(closed) == ["passed"] * 7 and states_of(following)[0] == "open"
        carried = Need.objects.get(cycle=following)
        assert (carried.name, carried.carried_from_id, carried.group.persons) == (unmet.name, unmet.pk, 300)
        copy = QualityIndicator.objects.get(cycle=following)
        assert (copy.name, copy.baseline, copy.result) == (indicator.name, Decimal("93.50"), None)
        entry = Entry.objects.get(verb="close_cycle")
        assert entry.payload == {"successor": str(following.pk), "indicators": 1, "needs": 1}
    needs = client.get(f"/alfa/cycles/{following.pk}/needs/").content.decode()
    assert "Więcej wieczorów" in needs and "z poprzedniego cyklu" in needs
    assert client.get(address).status_code == 200
    assert client.post(address, _closing(title="Jeszcze jeden")).status_code == 422


def _finish(cycle: Cycle) -> None:
    QualityIndicator.objects.filter(cycle=cycle).update(result=Decimal(97))


def test_a_cycle_may_end_without_a_next_one(cycle: Cycle, in_alfa: Any, sign_in: Any) -> None:
    _finish(cycle)
    client = sign_in("coordinator", in_alfa)
    form = _closing(title="", period_from="", period_to="")
    del form["open_next"]
    assert client.post(f"/alfa/cycles/{cycle.pk}/close/", form).url == f"/alfa/cycles/{cycle.pk}/"
    with tenant_scope(in_alfa):
        assert Cycle.objects.get().state == "closed"


def test_a_next_cycle_that_has_begun_takes_over_where_its_steps_are_in_work(cycle: Cycle) -> None:
    _finish(cycle)
    following = make_cycle(title="Usługi 2028", predecessor=cycle)
    own = make_need(following, 100, name="Wyręczenie rodziny")
    put_at(following, steps.SCOPE)
    unmet = [need.pk for need in Need.objects.filter(cycle=cycle)]
    plan = actions.NextCycle("", date(2028, 1, 1), date(2028, 12, 31), unmet=unmet)
    assert actions.close_cycle(cycle, lessons="x", note="y", following=plan, actor=ACTOR) == following
    # The diagnosis is passed and stays as decided; the scope is in work and gets the indicator.
    assert list(Need.objects.filter(cycle=following)) == [own]
    assert following.indicators.count() == 1
    assert Cycle.objects.count() == 2


def test_needs_that_the_next_cycle_knows_are_not_doubled(cycle: Cycle) -> None:
    _finish(cycle)
    following = make_cycle(title="Usługi 2028", predecessor=cycle)
    make_need(following, 100, name="Wyręczenie rodziny")
    _indicator(following, target=Decimal(98))
    unmet = [need.pk for need in Need.objects.filter(cycle=cycle)]
    plan = actions.NextCycle("", date(2028, 1, 1), date(2028, 12, 31), unmet=unmet)
    actions.close_cycle(cycle, lessons="x", note="y", following=plan, actor=ACTOR)
    names = sorted(Need.objects.filter(cycle=following).values_list("name", "minutes_month"))
    assert names == [("Wyręczenie rodziny", 100), ("Zakupy", 2600)]
    assert following.indicators.get().target == Decimal(98)


def test_needs_of_another_cycle_are_never_carried(cycle: Cycle) -> None:
    _finish(cycle)
    stranger = make_need(make_cycle(title="Obcy cykl"), 60, name="Obca potrzeba")
    plan = actions.NextCycle("Usługi 2028", date(2028, 1, 1), date(2028, 12, 31), unmet=[stranger.pk])
    following = actions.close_cycle(cycle, lessons="x", note="y", following=plan, actor=ACTOR)
    assert following is not None and not following.needs.exists()


def test_a_refused_successor_leaves_the_cycle_running(cycle: Cycle) -> None:
    _finish(cycle)
    make_cycle(title="Zajęty tytuł")
    plan = actions.NextCycle("Zajęty tytuł", date(2028, 1, 1), date(2028, 12, 31))
    with pytest.raises(DomainError):
        actions.close_cycle(cycle, lessons="x", note="y", following=plan, actor=ACTOR)
    cycle.refresh_from_db()
    assert cycle.is_running and step_of(cycle, "evaluation").state == "open"


def test_a_cycle_begun_after_a_closed_one_takes_its_indicators(cycle: Cycle) -> None:
    _finish(cycle)
    actions.close_cycle(cycle, lessons="x", note="y", following=None, actor=ACTOR)
    cycle.refresh_from_db()
    following = make_cycle(title="Usługi 2028", predecessor=cycle)
    assert following.indicators.get().baseline == Decimal(97)


def test_a_cycle_begun_after_a_closed_one_takes_its_unmet_needs(
    cycle: Cycle, in_alfa: Any, sign_in: Any
) -> None:
    client = sign_in("coordinator", in_alfa)
    with tenant_scope(in_alfa):
        _finish(cycle)
        actions.close_cycle(cycle, lessons="x", note="y", following=None, actor=ACTOR)
    form = {
        "service": str(cycle.service_id),
        "title": "Usługi 2028",
        "period_from": "2028-01-01",
        "period_to": "2028-12-31",
        "predecessor": str(cycle.pk),
    }
    assert client.post("/alfa/cycles/new/", form).status_code == 302
    with tenant_scope(in_alfa):
        following = Cycle.objects.get(predecessor=cycle)
        need = following.needs.get()
        assert (need.name, need.carried_from.cycle_id) == ("Wyręczenie rodziny", cycle.pk)
        assert need.group.cycle_id == following.pk


def test_groups_for_which_nothing_is_planned_are_named(cycle: Cycle, in_alfa: Any, sign_in: Any) -> None:
    make_group(cycle, addressees="carers", persons=60)
    page = sign_in("accountant", in_alfa).get(f"/alfa/cycles/{cycle.pk}/evaluation/")
    assert [group.addressees for group in page.context["unserved_groups"]] == ["carers"]
    assert [line.need.name for line in page.context["unmet_needs"]] == ["Wyręczenie rodziny"]
    assert "Grupy bez usługi" in page.content.decode()


def test_results_of_other_cycles_are_refused(cycle: Cycle) -> None:
    stranger = _indicator(make_cycle(title="Obcy cykl"))
    with pytest.raises(DomainError) as refusal:
        actions.record_results(cycle, {str(stranger.pk): (Decimal(1), "")}, actor=ACTOR)
    assert refusal.value.code == "row_gone"
    stranger.refresh_from_db()
    assert stranger.result is None
