"""The figures of a month: of the contracts whose month was accepted, from what was frozen then; six queries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q

from contracting.contracts.models import Arrangement, Contract
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.compliance.rules import Code
from reporting.compliance.snapshots import identities_of
from reporting.delivery.models import Visit
from reporting.evaluation.models import Measurement
from reporting.statistics.batches.figures import EVERY_SERVICE, Collected, Figure, Part
from tenants.models import Organisation

_ACCEPTED = [ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED]
_FORMS = ("own", "entrust", "support", "small_grant", "procurement", "partnership", "neighbour", "unstated")
_CENT = Decimal("0.01")
# What an organisation says of itself counts nowhere until the unit has confirmed it.
_COUNTED = ~Q(side=Measurement.Side.STATED)


@dataclass
class _Care:
    """What accepted months of a service, or of all, add up to."""

    persons: set[UUID] = field(default_factory=set)
    granted: int = 0
    delivered: int = 0
    accepted: int = 0
    refused: int = 0


def collect_month(month: Month) -> Collected:
    """Everything that the tenant at hand has to tell of a month; no figures where nothing is accepted."""
    # Oldest first: a decision that moved to another contract between two acceptances counts as accepted last.
    rows = list(
        ContractMonth.objects.filter(month=month.first, state__in=_ACCEPTED)
        .order_by("accepted_at", "pk")
        .values(
            "contract_id",
            "snapshot",
            "accepted_minutes",
            "refused_minutes",
            service=_of("service__code"),
            price=_of("price_per_hour"),
            organisation=_of("organisation_id"),
            legal_form=_of("organisation__legal_form"),
            procured=_of("procured"),
            call=_of("draft__award__offer__call__kind"),
        )
    )
    total = Contract.objects.filter(valid_from__lte=month.last, valid_to__gte=month.first).count()
    if not rows:
        return Collected((), 0, total)
    figures = [
        *_care(rows),
        *_continuity(rows, month),
        *_prices(rows),
        *_providers(rows),
        *_deviations(rows),
        *_commitments(month),
    ]
    return Collected(tuple(figures), len(rows), max(len(rows), total))


def _of(path: str) -> Any:
    return F(f"contract__{path}")


def _compared(rows: Iterable[dict[str, Any]]) -> dict[UUID, tuple[str, UUID, dict[str, Any]]]:
    """Each decision once, by its id: its service, its person, its line of the snapshot."""
    found: dict[UUID, tuple[str, UUID, dict[str, Any]]] = {}
    for row in rows:
        meant = identities_of(row["snapshot"])
        for line in row["snapshot"]["decisions"]:
            one = meant[line["number"]]
            found[one.decision] = (row["service"], one.person, line)
    return found


def _care(rows: list[dict[str, Any]]) -> Iterator[Figure]:
    sums: dict[str, _Care] = defaultdict(_Care)
    for service, person, line in _compared(rows).values():
        for code in (service, EVERY_SERVICE):
            sums[code].persons.add(person)
            sums[code].granted += line["granted_minutes"]
            sums[code].delivered += line["delivered_minutes"]
    for row in rows:
        for code in (row["service"], EVERY_SERVICE):
            sums[code].accepted += row["accepted_minutes"]
            sums[code].refused += row["refused_minutes"]
    for service, care in sums.items():
        persons, granted, delivered = len(care.persons), Decimal(care.granted), Decimal(care.delivered)

        def figure(
            indicator: str,
            numerator: Decimal | int,
            denominator: Decimal | int | None = None,
            service: str = service,
            persons: int = persons,
        ) -> Figure:
            below = None if denominator is None else Decimal(denominator)
            return Figure(indicator, Decimal(numerator), below, persons, service)

        yield figure("care_persons", persons)
        yield figure("care_hours_granted", granted)
        yield figure("care_hours_delivered", delivered)
        yield figure("care_hours_accepted", care.accepted)
        yield figure("care_fulfilment", delivered, granted)
        yield figure("care_hours_per_person", delivered, persons)
        yield figure("care_hours_refused", care.refused, delivered)


def _continuity(rows: list[dict[str, Any]], month: Month) -> Iterator[Figure]:
    """Visits of each person's main carer in a contract, where one carer comes at a time: as promises count them."""
    compared = _compared(rows)
    made = (
        Visit.objects.filter(
            decision__in=compared,
            decision__two_workers=False,
            date__gte=month.first,
            date__lte=month.last,
            state=Visit.State.DONE,
        )
        .order_by()
        .values_list("decision__contract", "decision__person", "worker")
        .annotate(Count("pk"))
    )
    most: Counter[tuple[UUID, UUID]] = Counter()
    together = 0
    for contract, person, _worker, count in made:
        most[contract, person] = max(most[contract, person], count)
        together += count
    persons = len({person for _service, person, _line in compared.values()})
    yield Figure("care_continuity", Decimal(most.total()), Decimal(together), persons)


def _prices(rows: list[dict[str, Any]]) -> Iterator[Figure]:
    """The value of accepted hours by form and in all, with what each organisation stands for in it."""
    forms = _arranged([row["contract_id"] for row in rows])
    minutes: Counter[str] = Counter()
    values: dict[str, dict[UUID, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    legal_forms: dict[UUID, str] = {}
    for row in rows:
        form = _form(row, forms)
        legal_forms[row["organisation"]] = row["legal_form"]
        value = (row["price"] * row["accepted_minutes"] / 60).quantize(_CENT)
        for category in (form, ""):
            minutes[category] += row["accepted_minutes"]
            values[category][row["organisation"]] += value
    for category in ("", *_FORMS):
        yield Figure(
            "hour_price",
            sum(values[category].values(), Decimal(0)),
            Decimal(minutes[category]),
            category=category,
            parts=tuple(
                Part(pk, legal_forms[pk], legal_forms[pk] == Organisation.LegalForm.PUBLIC, value)
                for pk, value in values[category].items()
            ),
        )


def _arranged(contracts: list[UUID]) -> dict[UUID, str]:
    """Forms that cycles recorded for contracts which no call here led to."""
    return dict(
        Arrangement.objects.filter(contract__in=contracts).order_by("pk").values_list("contract_id", "form")
    )


def _form(row: dict[str, Any], arranged: dict[UUID, str]) -> str:
    form = row["call"] or arranged.get(row["contract_id"])
    if form is None:
        return "procurement" if row["procured"] else "unstated"
    return str(form)


def _providers(rows: list[dict[str, Any]]) -> Iterator[Figure]:
    forms = Counter({row["organisation"]: row["legal_form"] for row in rows}.values())
    yield Figure("providers", Decimal(forms.total()))
    for form in Organisation.LegalForm.values:
        yield Figure("providers", Decimal(forms[form]), category=form)


def _deviations(rows: list[dict[str, Any]]) -> Iterator[Figure]:
    """Deviations of each code, those of contracts as a whole among them."""
    found: Counter[str] = Counter()
    compared = _compared(rows)
    lines = [line for _service, _person, line in compared.values()]
    lines += [line for row in rows for line in row["snapshot"].get("contracts", ())]
    for line in lines:
        found.update(deviation["code"] for deviation in line["deviations"])
    persons = len({person for _service, person, _line in compared.values()})
    decisions = Decimal(len(compared))
    yield Figure("deviation_rate", Decimal(found.total()), decisions, persons)
    for code in Code:
        yield Figure("deviation_rate", Decimal(found[code]), decisions, persons, category=code.value)


def _commitments(month: Month) -> Iterator[Figure]:
    outcomes = Measurement.Outcome
    counted = Measurement.objects.filter(
        month=month.first, contract__months__month=month.first, contract__months__state__in=_ACCEPTED
    ).aggregate(
        met=Count("pk", filter=_COUNTED & Q(outcome=outcomes.MET)),
        judged=Count("pk", filter=_COUNTED & ~Q(outcome=outcomes.UNMEASURED)),
    )
    yield Figure("commitments_met", Decimal(counted["met"]), Decimal(counted["judged"]))
