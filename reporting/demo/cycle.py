"""A cycle of care services in one tenant of the demo, invented throughout: diagnosed, on its way to a contractor."""

from datetime import date, timedelta
from typing import Any

from contracting.commissioning import actions, steps
from contracting.commissioning.models import (
    Activity,
    Cycle,
    Need,
    Resource,
    Service,
    StandardVersion,
    Step,
    TargetGroup,
)
from kernel.access import Actor
from reporting.demo.texts import (
    AREAS,
    CONSULTATIONS,
    GROUPS,
    NEEDS,
    NOTES,
    RESOURCES,
    SOURCE,
    STANDARD,
    TICKED,
)
from tenants.access import actor_of
from tenants.roles import Role

# How many days before today a step began, and how many it had; the fifth is under way.
_BEGAN = {
    steps.NEEDS_DIAGNOSIS: (150, 45),
    steps.SCOPE: (105, 30),
    steps.FORM: (75, 14),
    steps.FINANCING: (60, 30),
    steps.CONTRACTOR_CHOICE: (30, 75),
    steps.SUPERVISION: (-45, 700),
    steps.EVALUATION: (-700, 60),
}


def load_cycle(members: dict[str, Any], *, today: date) -> Cycle:
    """The cycle with its standard, directory and diagnosis, in the tenant at hand; the first step is passed.

    `members` are the tenant's people by role: a director, and a coordinator where there is one.
    """
    director = members[Role.DIRECTOR]
    coordinator = members.get(Role.COORDINATOR, director)
    service = Service.objects.get(code="care")
    standard = _publish_standard(service, actor_of(director), today)
    places = _fill_directory(service, actor_of(coordinator), today)
    following = today.year + 1
    cycle = actions.create_cycle(
        service=service,
        title=f"Usługi opiekuńcze {following}–{following + 1}",
        period_from=date(following, 1, 1),
        period_to=date(following + 1, 12, 31),
        standard=standard,
        strategy_goal="Cel 2.3: osoby starsze mieszkają u siebie tak długo, jak chcą",
        actor=actor_of(coordinator),
    )
    _plan_steps(cycle, director.pk, coordinator.pk, actor_of(coordinator), today)
    _diagnose(cycle, places, actor_of(coordinator), coordinator.pk, today)
    pass_step(cycle, steps.NEEDS_DIAGNOSIS, actor_of(coordinator))
    return cycle


def pass_step(cycle: Cycle, kind: str, actor: Actor) -> None:
    """Pass a step of the demo with the note that was written for it."""
    actions.pass_step(Step.objects.get(cycle=cycle, kind=kind), note=NOTES[kind], actor=actor)


def _publish_standard(service: Service, actor: Actor, today: date) -> StandardVersion:
    draft = actions.draft_standard(service, actor=actor)
    draft = actions.edit_standard(draft, sections=STANDARD, actor=actor)
    return actions.publish_standard(draft, valid_from=date(today.year, 1, 1), actor=actor)


def _fill_directory(service: Service, actor: Actor, today: date) -> dict[str, Resource]:
    return {
        name: actions.save_resource(
            None,
            institution=name,
            scope=place.scope,
            address=place.address,
            opening_hours=place.hours,
            contact=place.contact,
            sector=place.sector,
            service=service if place.minutes else None,
            minutes_month=place.minutes,
            persons=place.persons,
            verified_on=today - timedelta(days=place.verified_days_ago),
            actor=actor,
        )
        for name, place in RESOURCES.items()
    }


def _plan_steps(cycle: Cycle, director: Any, coordinator: Any, actor: Actor, today: date) -> None:
    for step in Step.objects.filter(cycle=cycle):
        ago, lasts = _BEGAN[step.kind]
        begins = today - timedelta(days=ago)
        actions.plan_step(
            step,
            owner_id=director if step.kind in {steps.FORM, steps.EVALUATION} else coordinator,
            starts_on=begins,
            due_on=begins + timedelta(days=lasts),
            ticks=TICKED.get(step.kind, []),
            actor=actor,
        )


def _diagnose(cycle: Cycle, places: dict[str, Resource], actor: Actor, owner: Any, today: date) -> None:
    groups = [
        {
            "addressees": code,
            "description": text,
            "persons": persons,
            "source": SOURCE,
            "year": today.year - 1,
        }
        for code, text, persons in GROUPS
    ]
    actions.edit_groups(cycle, groups, actor=actor)
    group_of = {group.addressees: group for group in TargetGroup.objects.filter(cycle=cycle)}
    activity_of = {activity.code: activity for activity in Activity.objects.filter(service=cycle.service)}
    needs = [
        {
            "group": group_of[need.group],
            "name": name,
            "activity": activity_of.get(need.activity),
            "specialism": need.specialism,
            "persons": need.persons,
            "minutes_month": need.hours * 60,
            "note": "",
        }
        for name, need in NEEDS.items()
    ]
    actions.edit_needs(cycle, needs, actor=actor)
    need_of = {need.name: need for need in Need.objects.filter(cycle=cycle)}
    counted = [
        {
            "resource": places[name],
            "need": need_of.get(place.counted_for),
            "minutes_month": place.counted_hours * 60,
            "note": place.note,
        }
        for name, place in RESOURCES.items()
        if place.counted_hours
    ]
    actions.count_resources(cycle, counted, actor=actor)
    talks = [
        {"held_on": today - timedelta(days=ago), "form": form, "participants": count, "conclusions": text}
        for ago, form, count, text in CONSULTATIONS
    ]
    actions.edit_consultations(cycle, talks, actor=actor)
    areas = [
        {
            "section": section,
            "area": area,
            "level_now": now,
            "level_wanted": wanted,
            "measure": measure,
            "owner_id": owner if measure else None,
            "due_on": today + timedelta(days=60) if measure else None,
            "done_on": None,
        }
        for section, area, now, wanted, measure in AREAS
    ]
    actions.edit_assessment(cycle, areas, actor=actor)
