"""Accepting many months in one action: asked once, done a few at a time in the background, safe to begin again."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import Month
from reporting.compliance import hooks
from reporting.compliance.actions.closing import accept_months
from reporting.compliance.answers import answered_month
from reporting.compliance.models import BulkAcceptance, BulkAcceptanceLine, ContractMonth
from reporting.compliance.queries import compare_month

# So many contracts are compared, frozen and told to the region at once: a page shows steps, a lost worker loses one.
AT_ONCE = 10

State = BulkAcceptanceLine.State


def handed_in(month: Month) -> list[Contract]:
    """The contracts of the tenant whose month waits for acceptance, by number."""
    rows = ContractMonth.objects.filter(month=month.first, state=ContractMonth.State.SUBMITTED)
    return list(
        Contract.objects.filter(pk__in=rows.values("contract_id"))
        .select_related("organisation", "service")
        .order_by("number")
    )


def open_points(month: Month, contracts: Collection[Contract]) -> Mapping[UUID, int]:
    """How many deviations of each of these contracts still have to be explained; contracts without any are missing."""
    compared = compare_month(month, contracts=[contract.pk for contract in contracts])
    found = {
        contract.pk: sum(
            one.is_must and one.is_open for one in answered_month(compared.of_contract(str(contract.pk)))
        )
        for contract in contracts
    }
    return {pk: count for pk, count in found.items() if count}


def ask_bulk_acceptance(month: Month, *, actor: Actor) -> BulkAcceptance:
    """Begin to accept every month handed in of the tenant that has nothing left to explain; the rest is named.

    Raises DomainError where none is handed in, and where such an acceptance of the month is still going on.
    """
    with transaction.atomic():
        contracts = handed_in(month)
        if not contracts:
            raise DomainError(
                "nothing_handed_in",
                format_lazy(
                    _("No month {month} waits for acceptance: wait until a provider hands it in."),
                    month=f"{month.month:02d}.{month.year}",
                ),
                field="month",
                value=month,
            )
        asked: BulkAcceptance
        asked, is_new = BulkAcceptance.objects.get_or_create(
            month=month.first,
            finished_at=None,
            defaults={"asked_by": actor.user_id, "asked_by_name": actor.label[:150]},
        )
        if not is_new:
            raise DomainError(
                "acceptance_going_on",
                _("Somebody has begun to accept these months already: follow how it goes below."),
                value=asked.pk,
            )
        BulkAcceptanceLine.objects.bulk_create(
            BulkAcceptanceLine(acceptance=asked, contract=contract) for contract in contracts
        )
        record(
            "ask_bulk_acceptance",
            actor=actor,
            subject_type="bulk_acceptance",
            subject_id=asked.pk,
            payload={"month": month.first, "contracts": len(contracts)},
        )
        hooks.bulk_acceptance_asked.fire(pk=asked.pk)
    return asked


def accept_next(pk: UUID) -> bool:
    """Do the next few lines of a bulk acceptance, in one transaction; says whether any may be left.

    Two workers never do the same line: the later one waits for the first, and finds it done.
    """
    with transaction.atomic():
        asked = BulkAcceptance.objects.select_for_update().filter(pk=pk, finished_at__isnull=True).first()
        if asked is None:
            return False
        lines = list(
            asked.lines.filter(state=State.WAITING)
            .select_related("contract")
            .order_by("contract__number")[:AT_ONCE]
        )
        if not lines:
            asked.finished_at = timezone.now()
            asked.save(update_fields=["finished_at"])
            return False
        month, actor = Month.of(asked.month), Actor(asked.asked_by, asked.asked_by_name)
        waiting = open_points(month, [line.contract for line in lines])
        clean = [line for line in lines if line.contract_id not in waiting]
        for line in lines:
            if line.contract_id in waiting:
                _refuse(line, "open_deviations", waiting[line.contract_id])
        _accept(clean, month, actor)
        asked.moved_at = timezone.now()
        asked.save(update_fields=["moved_at"])
    return True


def _accept(lines: list[BulkAcceptanceLine], month: Month, actor: Actor) -> None:
    """Accept them together; where one is refused after all, each for itself, so that it holds up no other."""
    if not lines:
        return
    try:
        accept_months([line.contract for line in lines], month, actor=actor)
    except DomainError as error:
        if len(lines) == 1:
            _refuse(lines[0], error.code, len(error.problems) if error.code == "open_deviations" else 0)
            return
        for line in lines:
            _accept([line], month, actor)
        return
    _done(lines)


def _done(lines: Iterable[BulkAcceptanceLine]) -> None:
    for line in lines:
        line.state, line.done_at = State.ACCEPTED, timezone.now()
        line.save(update_fields=["state", "done_at"])


def _refuse(line: BulkAcceptanceLine, code: str, open_must: int) -> None:
    line.state, line.done_at = State.REFUSED, timezone.now()
    line.refusal, line.open_must = code, open_must
    line.save(update_fields=["state", "done_at", "refusal", "open_must"])
