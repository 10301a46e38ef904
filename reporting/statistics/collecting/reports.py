"""The tenant's own figures of half-years and years, for tables of official reports; persons are counted once."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Max, Min
from django.utils import timezone

from contracting.commissioning.models import Service
from contracting.contracts.models import Contract
from kernel.periods import local_date
from reporting.advice.models import Appointment
from reporting.care.models import Decision
from reporting.casework.models import Caseload, Programme, Training
from reporting.compliance.models import ContractMonth
from reporting.crisis.models import CrisisCase
from reporting.statistics.batches.figures import Figure
from reporting.statistics.batches.periods import Stretch
from reporting.statistics.collecting import advice, crisis, results
from reporting.statistics.prefilled.filling import Told
from reporting.statistics.prefilled.layout import Known, layouts
from reporting.statistics.prefilled.stretches import Year
from tenants.models import Organisation

_ACCEPTED = [ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED]
_CENT = Decimal("0.01")
_FORMS = Organisation.LegalForm
NGO = frozenset({_FORMS.ASSOCIATION, _FORMS.FOUNDATION, _FORMS.CHURCH, _FORMS.COOPERATIVE})
_CARE, _ADVICE, _CRISIS, _REFERRALS, _PROGRAMMES = "care", "advice", "crisis", "referrals", "programmes"
_TRAININGS, _LOADS = "trainings", "loads"
# Of which register a figure is, so that a time before its first entry is not told as zero.
_REGISTERS = {
    "advice": _ADVICE,
    "advice_persons": _ADVICE,
    "crisis_cases": _CRISIS,
    "crisis_sessions": _CRISIS,
    "referrals_refused": _REFERRALS,
    "projects": _PROGRAMMES,
    "programme_persons": _PROGRAMMES,
    "trained_specialists": _TRAININGS,
    "social_workers": _LOADS,
}


@dataclass(frozen=True)
class OwnFigures:
    """What the tenant at hand knows for its tables: figures by period, and how complete they are.

    `accepted` of `expected` months of contracts count the newest period up to today; `known_from` is the first day of
    any contract here; `services` says which of the tenant's services each group of the layout counts, with those that
    none but the whole counts under an empty code.
    """

    told: Mapping[Year, Mapping[str, Told]]
    accepted: int
    expected: int
    known_from: date | None
    services: Mapping[str, Sequence[str]]

    def read(self, known: Known, at: Year) -> Told:
        """A figure of a period in the unit of the form, or the code of a reason."""
        told = self.told[at].get(known.own, "no_register")
        if isinstance(told, Decimal) and known.unit == "hours":
            return (told / 60).quantize(_CENT)
        return told


def collect_reports(periods: Sequence[Year]) -> OwnFigures:
    """The figures of the periods, the newest last; queries depend on their number alone."""
    today = timezone.localdate()
    services = dict(Service.objects.order_by("name").values_list("code", "name"))
    firsts = _first_days()
    told: dict[Year, Mapping[str, Told]] = {}
    accepted = expected = 0
    for at in periods:
        figures: dict[str, Told] = {}
        accepted, expected = _care(at, today, services, firsts[_CARE], figures)
        _registers(at, firsts, figures)
        if at.first > today:
            figures = dict.fromkeys(figures, "future")
        told[at] = figures
    grouped = {code: _names(codes, services) for code, codes in layouts().groups.items() if codes is not None}
    counted = {name for names in grouped.values() for name in names}
    grouped[""] = [name for name in services.values() if name not in counted]
    return OwnFigures(told, accepted, expected, firsts[_CARE], grouped)


def _names(codes: frozenset[str], services: Mapping[str, str]) -> list[str]:
    return [name for code, name in services.items() if code in codes]


def _first_days() -> dict[str, date | None]:
    """The first day of each register, None where it was never used."""
    opened = CrisisCase.objects.aggregate(first=Min("opened_at"))["first"]
    came_up = Appointment.objects.aggregate(first=Min("date"))["first"]
    helped = local_date(opened) if opened else None
    return {
        _CARE: Contract.objects.aggregate(first=Min("valid_from"))["first"],
        _ADVICE: came_up,
        _CRISIS: helped,
        _REFERRALS: min((day for day in (came_up, helped) if day is not None), default=None),
        _PROGRAMMES: Programme.objects.aggregate(first=Min("valid_from"))["first"],
        _TRAININGS: Training.objects.aggregate(first=Min("starts_on"))["first"],
        _LOADS: Caseload.objects.aggregate(first=Min("month"))["first"],
    }


def _care(
    at: Year, today: date, services: Mapping[str, str], first: date | None, figures: dict[str, Told]
) -> tuple[int, int]:
    """Persons, minutes and amounts by group, and what organisations did; accepted and expected contract-months."""
    last = min(at.last, today)
    persons: dict[str, set[UUID]] = defaultdict(set)
    for service, person in (
        Decision.objects.touching(at.first, last).order_by().values_list("service__code", "person").distinct()
    ):
        persons[service].add(person)
    minutes: Counter[str] = Counter()
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    of_organisations, accepted = Decimal(0), 0
    rows = ContractMonth.objects.filter(month__gte=at.first, month__lte=at.last, state__in=_ACCEPTED)
    for service, price, done, form in rows.order_by().values_list(
        "contract__service__code",
        "contract__price_per_hour",
        "accepted_minutes",
        "contract__organisation__legal_form",
    ):
        value = (price * done / 60).quantize(_CENT)
        minutes[service] += done
        amounts[service] += value
        of_organisations += value if form in NGO else 0
        accepted += 1
    contracts = list(
        Contract.objects.filter(valid_from__lte=last, valid_to__gte=at.first).values_list(
            "valid_from", "valid_to", "organisation_id", "organisation__legal_form"
        )
    )
    expected = max(
        accepted, sum(_months(max(start, at.first), min(end, last)) for start, end, _o, _f in contracts)
    )
    why = (
        "before" if first is None or first > at.last else "not_accepted" if expected and not accepted else ""
    )
    for group, codes in layouts().groups.items():
        counted = [code for code in services if codes is None or code in codes]
        lack = "no_service" if not counted else why
        everybody = {person for code in counted for person in persons[code]}
        figures[f"persons:{group}"] = lack if lack in ("no_service", "before") else Decimal(len(everybody))
        figures[f"minutes:{group}"] = lack or Decimal(sum(minutes[code] for code in counted))
        figures[f"amount:{group}"] = lack or sum((amounts[code] for code in counted), Decimal(0))
    ours = [one for one in contracts if one[3] in NGO]
    figures["ngo_contracts"] = "before" if why == "before" else Decimal(len(ours))
    figures["ngo_organisations"] = "before" if why == "before" else Decimal(len({one[2] for one in ours}))
    figures["ngo_amount"] = why or of_organisations
    return accepted, expected


def _months(start: date, end: date) -> int:
    """How many months two days touch; none where the second comes first."""
    return max((end.year - start.year) * 12 + end.month - start.month + 1, 0) if start <= end else 0


def _registers(at: Year, firsts: Mapping[str, date | None], figures: dict[str, Told]) -> None:
    for one in _collected(at):
        name = f"{one.indicator}/{one.category}" if one.category else one.indicator
        first = firsts.get(_REGISTERS.get(one.indicator, ""))
        figures[name] = "before" if first is not None and first > at.last else one.numerator
    if firsts[_LOADS] is not None:
        workers = _social_workers(at)
        figures["social_workers"] = "before" if workers is None else Decimal(workers)


def _collected(at: Stretch) -> Iterator[Figure]:
    yield from advice.figures(at)
    yield from crisis.figures(at)
    yield from crisis.refused_referrals(at)
    yield from results.figures(at)


def _social_workers(at: Stretch) -> int | None:
    """Workers with a load in the newest month of the period in which any was entered."""
    loads = Caseload.objects.order_by().filter(month__gte=at.first, month__lte=at.last)
    newest = loads.aggregate(newest=Max("month"))["newest"]
    if newest is None:
        return None
    return int(loads.filter(month=newest).aggregate(people=Count("worker_id", distinct=True))["people"])
