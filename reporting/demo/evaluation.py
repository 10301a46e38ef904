"""The demo's commitments of a contract that has run for months, with what was stated of them by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

from contracting.contracts.models import Commitment, Contract
from kernel.access import Actor
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.evaluation.actions.measuring import keep_measurements
from reporting.evaluation.models import StatedValue
from reporting.evaluation.queries.promises import PromisesOf
from tenants.models import Tenant
from tenants.roles import Role

_WITH_COMMITMENTS = "szczecin"
# Part of the concept, what is promised, direction, value, unit, measure, how.
_COMMITMENTS = (
    ("organisation", "Do osoby przychodzi ta sama opiekunka", "at_least", "80", "%", "same_carer", ""),
    ("replacement", "Zastępstwo przychodzi w ciągu 4 godzin", "at_most", "4", "h", "replacement_hours", ""),
    ("organisation", "Wizyty odbywają się zgodnie z planem", "at_least", "95", "%", "visits_on_plan", ""),
    ("organisation", "Wizyty zaczynają się punktualnie", "at_least", "90", "%", "punctual_visits", ""),
    ("organisation", "Przychodzą opiekunki po kursie", "at_least", "100", "%", "qualified_staff", ""),
    ("organisation", "Godziny wieczorem i w weekendy", "at_least", "10", "h", "evening_hours", ""),
    (
        "extras",
        "Dodatkowe zajęcia dla osób",
        "at_least",
        "4",
        "zajęcia",
        "reported",
        "z list obecności, dostępnych w biurze organizacji",
    ),
)
_HELD = ("4", "5", "3")


def add_evaluation(tenant: Tenant, members: dict[str, Any], today: date) -> None:
    """Commitments in the contract of one tenant, measured in its accepted months."""
    if tenant.slug == _WITH_COMMITMENTS:
        _promise(members)


def _promise(members: dict[str, Any]) -> None:
    contract = Contract.objects.filter(decisions__isnull=False).order_by("valid_from").first()
    if contract is None:
        return
    Commitment.objects.bulk_create(
        Commitment(
            contract=contract,
            position=position,
            part=part,
            indicator=indicator,
            direction=direction,
            promised=Decimal(promised),
            unit=unit,
            measure=measure,
            method=method,
        )
        for position, (part, indicator, direction, promised, unit, measure, method) in enumerate(
            _COMMITMENTS, start=1
        )
    )
    months = list(
        ContractMonth.objects.filter(contract=contract, accepted_at__isnull=False)
        .order_by("month")
        .values_list("month", flat=True)
    )
    coordinator = members[Role.NGO_COORDINATOR]
    promises = PromisesOf(contract)
    StatedValue.objects.bulk_create(
        StatedValue(
            contract=contract,
            month=month,
            key=promises.in_month(Month.of(month))[-1].key,
            value=Decimal(held),
            evidence="Listy obecności z zajęć w klubie seniora",
            side=StatedValue.Side.ORGANISATION,
            stated_by=coordinator.pk,
            stated_by_name=coordinator.full_name,
        )
        for month, held in zip(months, _HELD, strict=False)
    )
    for month in months:
        keep_measurements(month=month, actor=Actor.system("load_demo"))
