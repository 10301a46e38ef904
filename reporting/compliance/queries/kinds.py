"""What contracts are for: care, advice, crisis intervention; and so whether a month of one is closed (0020, 0027)."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

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


def _promising(contracts: Q, *measures: str) -> Any:
    return Exists(Commitment.objects.filter(contracts, measure__in=measures).order_by())


_SAME = Q(contract=OuterRef("pk"))
# Contracts of a service under which no decision ever granted anything: what one is for, the others are for.
_OF_SERVICE = Q(contract__service=OuterRef("service_id"))


def _ungranted() -> Any:
    return ~Exists(Decision.objects.filter(_OF_SERVICE).order_by())


# A contract is used for it, or bound to what is measured of it alone: then also before the first appointment or case.
def _advising(contracts: Q = _SAME) -> Any:
    given = Exists(Appointment.objects.filter(contracts).order_by())
    return given | _promising(contracts, _Measure.ADVICE_WAIT_DAYS, _Measure.ADVICE_IN_TERM)


def _intervening(contracts: Q = _SAME) -> Any:
    worked_on = Exists(CrisisCase.objects.filter(contracts).order_by())
    return worked_on | _promising(contracts, _Measure.DUTY_STAFFED, _Measure.DUTY_FULL)


# Promises of either that do not tell of which.
def _meeting() -> Any:
    return _promising(_SAME, _Measure.NO_SHOW, _Measure.SESSIONS)


def undecided() -> Any:
    """Condition on contracts: they are for advice or crisis intervention, whatever else they are for.

    Their use, their promises and their service say so: a service that never began is asked about too.
    """
    by_service = _ungranted() & (_advising(_OF_SERVICE) | _intervening(_OF_SERVICE))
    return _advising() | _intervening() | _meeting() | by_service


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
    """CARE, ADVICE, CRISIS: what the contract is for by its use and promises, else by its service; one query.

    Both of the last where it promises only what holds for either; care where nothing says otherwise.
    """
    told = (
        Contract.objects.filter(pk=contract.pk)
        .annotate(
            decided=Exists(Decision.objects.filter(contract=OuterRef("pk"))),
            advising=_advising(),
            intervening=_intervening(),
            advising_too=_ungranted() & _advising(_OF_SERVICE),
            intervening_too=_ungranted() & _intervening(_OF_SERVICE),
            meeting=_meeting(),
        )
        .values_list("decided", "advising", "intervening", "advising_too", "intervening_too", "meeting")
        .get()
    )
    *own, advising_too, intervening_too, meeting = told
    for found in (own, (False, advising_too, intervening_too), (False, meeting, meeting)):
        if any(found):
            named = zip((CARE, ADVICE, CRISIS), found, strict=True)
            return frozenset(name for name, is_so in named if is_so)
    return frozenset({CARE})
