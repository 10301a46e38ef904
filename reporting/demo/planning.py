"""Steps 2 to 4 of the demo's cycle: the scope, the form, the money, each passed with its note."""

from datetime import date, time
from decimal import Decimal
from typing import Any

from contracting.commissioning import steps
from contracting.commissioning.actions.financing import edit_costs, edit_sources
from contracting.commissioning.actions.forms import (
    CriterionLine,
    Score,
    choose_form,
    edit_comparison,
    score_forms,
)
from contracting.commissioning.actions.payments import TableTerms, create_table
from contracting.commissioning.actions.scope import edit_indicators, edit_scope, edit_terms
from contracting.commissioning.models import Activity, Cycle, FormOption, Need, PaymentTable
from contracting.commissioning.rules.payments import Band
from contracting.commissioning.rules.scope import Availability
from kernel.access import Actor
from reporting.demo.cycle import pass_step
from reporting.demo.texts import SOURCE
from reporting.demo.texts_planning import (
    BANDS,
    CHOICE,
    COSTS,
    CRITERIA,
    FORMS,
    INDICATORS,
    ITEMS,
    NETWORK,
    PLACES,
    SOURCES,
)
from tenants.access import actor_of
from tenants.roles import Role

_PRICE = Decimal("44.00")


def plan_cycle(cycle: Cycle, members: dict[str, Any]) -> None:
    """Lead a diagnosed cycle to the choice of its contractor, in the tenant at hand."""
    director = actor_of(members[Role.DIRECTOR])
    coordinator = actor_of(members.get(Role.COORDINATOR, members[Role.DIRECTOR]))
    _set_scope(cycle, coordinator)
    pass_step(cycle, steps.SCOPE, coordinator)
    _choose_form(cycle, coordinator, director)
    pass_step(cycle, steps.FORM, director)
    _find_money(cycle, coordinator)
    pass_step(cycle, steps.FINANCING, director)


def _set_scope(cycle: Cycle, actor: Actor) -> None:
    activity_of = {one.code: one for one in Activity.objects.filter(service=cycle.service)}
    need_of = {need.name: need for need in Need.objects.filter(cycle=cycle)}
    items = [
        {
            "activity": activity_of[item.activity],
            "need": need_of[item.need] if item.need else None,
            "performer": item.performer,
            "mode": item.mode,
            "times_week": Decimal(item.times_week),
            "minutes_each": item.minutes,
            "persons": item.persons,
            "note": item.note,
        }
        for item in ITEMS
    ]
    edit_scope(cycle, items, actor=actor)
    hours = [
        Availability((1, 2, 3, 4, 5), time(7), time(20)),
        Availability((6, 7), time(8), time(14)),
    ]
    edit_terms(cycle, places=PLACES, support_network=NETWORK, hours=hours, actor=actor)
    indicators = [
        {
            "name": name,
            "unit": unit,
            "direction": direction,
            "target": Decimal(target),
            "method": method,
            "measure": measure,
        }
        for name, unit, direction, target, method, measure in INDICATORS
    ]
    edit_indicators(cycle, indicators, actor=actor)


def _choose_form(cycle: Cycle, coordinator: Actor, director: Actor) -> None:
    lines = [CriterionLine(name, weight, code) for code, name, weight in CRITERIA]
    edit_comparison(cycle, lines, list(FORMS), actor=coordinator)
    scores = {
        form: {code: Score(points, reason) for code, (points, reason) in given.items()}
        for form, given in FORMS.items()
    }
    score_forms(cycle, scores, actor=coordinator)
    choose_form(cycle, FormOption.Form.ENTRUST, reason=CHOICE, actor=director)


def _find_money(cycle: Cycle, actor: Actor) -> None:
    first = cycle.period_from.year
    sources = [
        {"year": first + year, "kind": kind, "name": "", "amount": Decimal(amount)}
        for year, kind, amount in SOURCES
    ]
    edit_sources(cycle, sources, actor=actor)
    costs = [
        {
            "year": first + year,
            "kind": kind,
            "name": "",
            "unit": unit,
            "unit_cost": Decimal(price),
            "quantity": Decimal(quantity),
        }
        for year, kind, unit, price, quantity in COSTS
    ]
    edit_costs(cycle, costs, actor=actor)
    bands = [
        Band(Decimal(over), Decimal(up_to) if up_to else None, Decimal(alone), Decimal(family))
        for over, up_to, alone, family in BANDS
    ]
    terms = TableTerms(
        name="Odpłatność za usługi opiekuńcze",
        source=SOURCE,
        valid_from=date(first - 1, 1, 1),
        price_per_hour=_PRICE,
        rounding=PaymentTable.Rounding.GROSZ,
        bands=bands,
    )
    create_table(cycle.service, terms, actor=actor)
