"""What contracts are for: care, advice, crisis intervention; and so whether a month of one is closed (0020, 0027)."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from contracting.contracts.models import Commitment, Contract
from kernel.periods import Month
from reporting.advice.models import Appointment
from reporting.care.models import Decision
from reporting.crisis.models import CrisisCase

CARE, ADVICE, CRISIS = "care", "advice", "crisis"
_Measure = Commitment.Measure


def decided_in(month: Month) -> Exists:
    """Condition on contracts: some decision is in force in the month."""
    return Exists(Decision.objects.touching(month.first, month.last).filter(contract=OuterRef("pk")))


def _promising(*measures: str) -> Any:
    return Exists(Commitment.objects.filter(contract=OuterRef("pk"), measure__in=measures).order_by())


# A contract is used for it, or bound to what is measured of it alone: then also before the first appointment or case.
def _advising() -> Any:
    given = Appointment.objects.filter(contract=OuterRef("pk")).order_by()
    return Exists(given) | _promising(_Measure.ADVICE_WAIT_DAYS, _Measure.ADVICE_IN_TERM)


def _intervening() -> Any:
    worked_on = CrisisCase.objects.filter(contract=OuterRef("pk")).order_by()
    return Exists(worked_on) | _promising(_Measure.DUTY_STAFFED, _Measure.DUTY_FULL)


def undecided() -> Any:
    """Condition on contracts: they are for advice or crisis intervention, whatever else they are for."""
    return _advising() | _intervening()


def without_close(month: Month) -> Any:
    """Contracts for advice or crisis intervention that hold in the month and have nobody's decision in it.

    They have no month to close: their dossier takes its place. All others have one.
    """
    return Contract.objects.filter(
        undecided(), ~decided_in(month), valid_from__lte=month.last, valid_to__gte=month.first
    )


def has_close(contract: Contract, month: Month) -> bool:
    """Whether the month of the contract is closed by what decisions grant; one query."""
    return not without_close(month).filter(pk=contract.pk).exists()


def undecided_of(contracts: Collection[UUID]) -> set[UUID]:
    """Those of the contracts that have a month to close only where decisions are in force in it; one query."""
    return set(Contract.objects.filter(undecided(), pk__in=contracts).values_list("pk", flat=True))


def services_of(contract: Contract) -> frozenset[str]:
    """CARE, ADVICE, CRISIS: what the contract has been used for; care where it was not used yet. One query."""
    told = (
        Contract.objects.filter(pk=contract.pk)
        .annotate(
            decided=Exists(Decision.objects.filter(contract=OuterRef("pk"))),
            advising=_advising(),
            intervening=_intervening(),
        )
        .values_list("decided", "advising", "intervening")
        .get()
    )
    found = {name for name, is_used in zip((CARE, ADVICE, CRISIS), told, strict=True) if is_used}
    return frozenset(found or {CARE})
