"""Cycles with their steps, standards, needs and resources, inside the tenant at hand."""

from datetime import date
from typing import Any

from django.utils import timezone

from contracting.commissioning import actions, steps
from contracting.commissioning.models import (
    Cycle,
    CycleResource,
    Need,
    QualityIndicator,
    Resource,
    ScopeItem,
    Service,
    StandardVersion,
    Step,
    TargetGroup,
)
from kernel.access import Actor
from tests.factories.care import ServiceFactory

ACTOR = Actor.system("tests")


def make_cycle(service: Service | None = None, **fields: Any) -> Cycle:
    """A cycle that has just begun: the first step open, nothing entered."""
    fields = {
        "title": "Usługi opiekuńcze 2027",
        "period_from": date(2027, 1, 1),
        "period_to": date(2027, 12, 31),
        **fields,
    }
    return actions.create_cycle(service=service or ServiceFactory(), actor=ACTOR, **fields)


def step_of(cycle: Cycle, kind: str) -> Step:
    """A step of the cycle, read anew."""
    step: Step = Step.objects.get(cycle=cycle, kind=kind)
    return step


def states_of(cycle: Cycle) -> list[str]:
    """The states of the seven steps in order, read anew."""
    return list(Step.objects.filter(cycle=cycle).order_by("position").values_list("state", flat=True))


def put_at(cycle: Cycle, kind: str) -> Cycle:
    """Set the cycle at a step, as if everything before had passed."""
    place = steps.ORDER.index(kind)
    before = Step.objects.filter(cycle=cycle, position__lte=place)
    before.update(state=Step.State.PASSED, passed_at=timezone.now(), passed_by_name="tests", note="tests")
    Step.objects.filter(cycle=cycle, position=place + 1).update(state=Step.State.OPEN)
    Step.objects.filter(cycle=cycle, position__gt=place + 1).update(state=Step.State.WAITING)
    return cycle


def make_resource(**fields: Any) -> Resource:
    """A place of the directory, checked today."""
    fields = {
        "institution": "Klub Seniora Łabędź",
        "scope": "Obiady i zajęcia dla osób starszych",
        "address": "ul. Leśna 4",
        "sector": Resource.Sector.NGO,
        "verified_on": timezone.localdate(),
        **fields,
    }
    resource: Resource = Resource.objects.create(**fields)
    return resource


def make_group(cycle: Cycle, **fields: Any) -> TargetGroup:
    """Seniors of the cycle."""
    fields = {"addressees": "seniors", "persons": 300, "source": "OZPS", "year": 2025, **fields}
    group: TargetGroup = TargetGroup.objects.create(cycle=cycle, **fields)
    return group


def make_need(cycle: Cycle, minutes: int = 6000, **fields: Any) -> Need:
    """A need of the cycle's first group, which is made where there is none."""
    group = fields.pop("group", None) or cycle.groups.first() or make_group(cycle)
    fields = {"name": "Zakupy", "persons": 10, **fields}
    need: Need = Need.objects.create(cycle=cycle, group=group, minutes_month=minutes, **fields)
    return need


def count_resource(
    cycle: Cycle, minutes: int = 600, need: Need | None = None, **fields: Any
) -> CycleResource:
    """The cycle counts on a place of the directory."""
    resource = fields.pop("resource", None) or make_resource(**fields)
    counted: CycleResource = CycleResource.objects.create(
        cycle=cycle, resource=resource, need=need, minutes_month=minutes
    )
    return counted


def diagnose(cycle: Cycle) -> Cycle:
    """The least that the first gate asks for: a group, a need, a resource."""
    make_need(cycle)
    count_resource(cycle)
    return cycle


def plan_scope(cycle: Cycle) -> Cycle:
    """The least that the second gate asks for: a standard, an activity of a carer, places, an indicator."""
    Cycle.objects.filter(pk=cycle.pk).update(standard=make_standard(cycle.service), places="Mieszkania osób")
    ScopeItem.objects.create(
        cycle=cycle,
        activity=cycle.service.activities.first(),
        performer="carer",
        mode="together",
        times_week=3,
        minutes_each=60,
        persons=5,
    )
    QualityIndicator.objects.create(
        cycle=cycle, name="Wykonanie", unit="%", direction="at_least", target=95, method="dzienniczki"
    )
    cycle.refresh_from_db()
    return cycle


def make_standard(service: Service | None = None, version: int = 1, **fields: Any) -> StandardVersion:
    """A published version with a text in every section."""
    sections = dict.fromkeys(StandardVersion.Section.values, "Opis")
    fields = {
        "state": StandardVersion.State.PUBLISHED,
        "valid_from": date(2026, 1, version),
        "published_at": timezone.now(),
        "published_by_name": "tests",
        "sections": sections,
        **fields,
    }
    made: StandardVersion = StandardVersion.objects.create(
        service=service or ServiceFactory(), version=version, **fields
    )
    return made


def make_draft(service: Service | None = None, version: int = 2) -> StandardVersion:
    """An empty draft."""
    return make_standard(
        service, version, state=StandardVersion.State.DRAFT, valid_from=None, published_at=None, sections={}
    )
