"""Whether a contract can take persons over: the hours it has left, its days, the workers who may come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from contracting.contracts.models import Contract, Worker, WorkerQualification
from contracting.contracts.rules.drafting import minutes_paid
from kernel.errors import Problem
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.queries.papers import contracts_in, decisions_by_id
from reporting.continuity.models import ReassignmentLine
from reporting.continuity.pack import delivered_minutes
from reporting.continuity.rules import needed_minutes
from ui.formatting import format_date_text

_PREPARED = ReassignmentLine.State.PREPARED


@dataclass(frozen=True)
class Capacity:
    """A contract that is to take persons over from a day on. Minutes; `cap` is None where nothing limits the hours.

    `promised` is what its own decisions, and those prepared for it, still grant to its end; `workers` may come on
    the day: they hold what the service requires and are named, where the contract names its staff.
    """

    contract: Contract
    cap: int | None
    used: int
    promised: int
    workers: int

    @property
    def left(self) -> int | None:
        return None if self.cap is None else self.cap - self.used - self.promised


def capacity_of(contract: Contract, first_day: date, today: date) -> Capacity:
    """What the contract can take from a day on; the number of queries does not grow with its decisions."""
    caps = [] if contract.cap_minutes is None else [contract.cap_minutes]
    if contract.amount is not None and contract.price_per_hour:
        costs = contract.amount + contract.outside_grant
        caps.append(minutes_paid(costs, contract.price_per_hour, contract.cap_minutes))
    if not caps:
        return Capacity(contract, None, 0, 0, workers_for(contract, first_day))
    if contract.cap_minutes is None:
        # Of contracts without a cap `minutes_before` holds what was accepted, and not what was delivered since.
        used = delivered_minutes([contract], today).get(contract.pk, 0)
    else:
        key = str(contract.pk)
        used = contracts_in(Month.of(today).next(), {key})[key].minutes_before
    tomorrow = today + timedelta(days=1)
    own = Decision.objects.filter(contract=contract, ends_before__gt=tomorrow)
    facts = decisions_by_id({str(pk) for pk in own.values_list("pk", flat=True)})
    promised = sum(needed_minutes(one, tomorrow, contract.valid_to) for one in facts.values())
    drafts = ReassignmentLine.objects.filter(reassignment__target=contract, state=_PREPARED)
    promised += sum(drafts.values_list("minutes", flat=True))
    return Capacity(contract, min(caps), used, promised, workers_for(contract, first_day))


def workers_for(contract: Contract, day: date) -> int:
    """How many active workers of the organisation may come on the day; two or three queries."""
    workers = Worker.objects.active().filter(organisation_id=contract.organisation_id)
    holds = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    named = contract.named_staff.filter(holds, Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    if contract.named_staff.exists():
        workers = workers.filter(pk__in=named.values("worker_id"))
    for code in contract.service.required_qualifications:
        held = WorkerQualification.objects.filter(code=code, valid_from__lte=day).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )
        workers = workers.filter(pk__in=held.values("worker_id"))
    found: int = workers.count()
    return found


def why_not(source: Contract, capacity: Capacity, first_day: date, today: date) -> Iterator[Problem]:
    """What speaks against moving anybody of the source to this contract from the day on."""
    target = capacity.contract
    facts = {
        "number": target.number,
        "day": format_date_text(first_day),
        "first": format_date_text(target.valid_from),
        "last": format_date_text(target.valid_to),
    }
    if target.pk == source.pk:
        yield Problem(
            "same_contract", _("The persons are under this contract now. Choose another."), "target"
        )
    elif target.service_id != source.service_id:
        sentence = _("Contract %(number)s is for another service. Choose one for the same service.")
        yield Problem("other_service", sentence % facts, "target", target.number)
    if first_day < today:
        yield Problem(
            "day_past",
            _("The day lies in the past. Choose today or a later day."),
            "first_day",
        )
    if not target.valid_from <= first_day <= target.valid_to:
        sentence = _(
            "Contract %(number)s holds from %(first)s to %(last)s, not on %(day)s. Choose another contract or day."
        )
        yield Problem("target_not_valid", sentence % facts, "target", target.number)
    if not capacity.workers:
        sentence = _(
            "On %(day)s contract %(number)s has no worker with the qualifications that the service requires. Enter the "
            "workers and their qualifications, or choose another contract."
        )
        yield Problem("nobody_qualified", sentence % facts, "target", target.number)
