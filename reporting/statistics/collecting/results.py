"""Results of programmes in a quarter: projects, participants, trainings, groups, kinds of services, improvements."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, Sum

from contracting.commissioning.models import SelfAssessmentArea
from contracting.contracts.models import Contract
from reporting.advice.models import Appointment
from reporting.casework.models import GroupForm, Programme, Result, Training
from reporting.crisis.models import Session
from reporting.statistics.batches.figures import Figure, fewer_of
from reporting.statistics.batches.periods import Stretch


def figures(quarter: Stretch) -> Iterator[Figure]:
    """What each register tells; one that was never used tells nothing.

    Whoever is in several programmes, groups or trainings is counted in each. Nobody's name is known here, so behind a
    figure stand the fewest persons that it can be: those of the largest one.
    """
    yield from _programmes(quarter)
    yield from _trainings(quarter)
    yield from _results(quarter)
    yield _count("service_kinds", _service_kinds(quarter))
    areas = SelfAssessmentArea.objects.aggregate(
        ever=Count("pk"),
        done=Count("pk", filter=Q(done_on__gte=quarter.first, done_on__lte=quarter.last)),
    )
    if areas["ever"]:
        yield _count("improvements", areas["done"])


def _count(indicator: str, number: int, *, persons: int | None = None, category: str = "") -> Figure:
    return Figure(indicator, Decimal(number), None, persons, category=category)


def _programmes(quarter: Stretch) -> Iterator[Figure]:
    running = Q(valid_from__lte=quarter.last, valid_to__gte=quarter.first)
    ended = Q(valid_to__gte=quarter.first, valid_to__lte=quarter.last)
    told = Programme.objects.order_by().aggregate(
        ever=Count("pk"),
        running=Count("pk", filter=running),
        persons=Sum("started", filter=running, default=0),
        largest=Max("started", filter=running, default=0),
        began=Sum("started", filter=ended, default=0),
        done=Sum("finished", filter=ended, default=0),
        most_done=Max("finished", filter=ended, default=0),
        most_undone=Max(F("started") - F("finished"), filter=ended, default=0),
    )
    if not told["ever"]:
        return
    yield _count("projects", told["running"])
    yield _count("localities", 1 if told["running"] else 0)
    yield _count("programme_persons", told["persons"], persons=told["largest"])
    finished, started = Decimal(told["done"]), Decimal(told["began"])
    # The figure tells those who finished from those who did not: it stands on the fewer of both.
    behind = fewer_of(told["most_done"], told["most_undone"])
    yield Figure("programme_finished", finished, started, behind)
    groups: dict[str, tuple[int, int, int]] = {
        kind: (count, participants, largest)
        for kind, count, participants, largest in GroupForm.objects.order_by()
        .filter(programme__valid_from__lte=quarter.last, programme__valid_to__gte=quarter.first)
        .values_list("kind")
        .annotate(Count("pk"), Sum("participants"), Max("participants"))
    }
    rows = list(groups.values())
    groups[""] = (
        sum(row[0] for row in rows),
        sum(row[1] for row in rows),
        max((row[2] for row in rows), default=0),
    )
    for kind in ("", *GroupForm.Kind.values):
        count, participants, largest = groups.get(kind, (0, 0, 0))
        yield _count("groups", count, category=kind)
        yield _count("group_participations", participants, persons=largest, category=kind)


def _trainings(quarter: Stretch) -> Iterator[Figure]:
    ended = Q(ends_on__gte=quarter.first, ends_on__lte=quarter.last)
    told = Training.objects.order_by().aggregate(
        ever=Count("pk"),
        workers=Sum("staff", filter=ended, default=0),
        others=Sum("residents", filter=ended, default=0),
        largest=Max("residents", filter=ended, default=0),
    )
    if told["ever"]:
        yield _count("trained_specialists", told["workers"])
        yield _count("trained_residents", told["others"], persons=told["largest"])


def _results(quarter: Stretch) -> Iterator[Figure]:
    within = Q(happened_on__gte=quarter.first, happened_on__lte=quarter.last)
    kinds: dict[str, Any] = {kind: within & Q(kind=kind) for kind in Result.Kind.values}
    told = Result.objects.order_by().aggregate(
        ever=Count("pk"),
        all=Count("pk", filter=within),
        **{f"of_{kind}": Count("pk", filter=rule) for kind, rule in kinds.items()},
    )
    if told["ever"]:
        yield _count("results", told["all"])
        for kind in kinds:
            yield _count("results", told[f"of_{kind}"], category=kind)


def _service_kinds(quarter: Stretch) -> int:
    """Services under a contract, types of advice that was held, and crisis intervention as one kind."""
    start, end = quarter.bounds()
    services = Contract.objects.filter(valid_from__lte=quarter.last, valid_to__gte=quarter.first).aggregate(
        kinds=Count("service", distinct=True)
    )
    advice = (
        Appointment.objects.between(quarter.first, quarter.last)
        .order_by()
        .filter(state=Appointment.State.DONE)
        .aggregate(kinds=Count("kind", distinct=True))
    )
    crisis = Session.objects.filter(starts_at__gte=start, starts_at__lt=end, state=Session.State.DONE)
    return int(services["kinds"] + advice["kinds"] + crisis.exists())
