"""What a cycle recorded of its contractor outside a call, whether it still holds, and the contracts that deliver it."""

from typing import Any

from django.utils import timezone

from contracting.commissioning.models import Cycle
from contracting.commissioning.plans import chosen_form
from contracting.commissioning.rules.forms import RECORDED
from contracting.contracts.models import Arrangement, Contract
from contracting.contracts.rules.arranging import ASKED, ArrangementFacts, Finding, findings


def arrangement_of(cycle: Cycle, form: str | None) -> Arrangement | None:
    """What the cycle recorded under the form, with its contract and organisation; at most one query."""
    if form not in ASKED:
        return None
    found: Arrangement | None = (
        Arrangement.objects.filter(cycle=cycle, form=form)
        .select_related("organisation", "contract__organisation")
        .first()
    )
    if found is not None:
        found.cycle = cycle
    return found


def gaps_in(row: Arrangement) -> list[Finding]:
    """What of the record is missing, or holds no longer since the cycle, the contract or the directory changed."""
    contractor = row.contractor
    facts = ArrangementFacts(
        form=row.form,
        cycle_from=row.cycle.period_from,
        cycle_to=row.cycle.period_to,
        deliverer=row.deliverer,
        organisation=contractor is not None,
        has_nip=bool(contractor and contractor.nip),
        mode=row.mode,
        notice_number=row.notice_number,
        decided_on=row.decided_on,
        signed_on=row.contract_day,
        value=row.worth,
        basis=row.basis,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        note=row.note,
    )
    return findings(facts, today=timezone.localdate())


def contracts_in_period(cycle: Cycle) -> Any:
    """Contracts of the cycle's service that hold on some day of its period."""
    return Contract.objects.filter(
        service_id=cycle.service_id, valid_from__lte=cycle.period_to, valid_to__gte=cycle.period_from
    )


def contracts_of(cycle: Cycle) -> Any:
    """The contracts under which the cycle is delivered; two queries before them.

    Where a call or a grant chooses, all of the service in the period count. A record of another form names one
    contract, or the contractor whose contracts count; where the unit delivers itself, or nothing is recorded yet, there
    is none.
    """
    form = chosen_form(cycle)
    found = contracts_in_period(cycle)
    if form not in RECORDED:
        return found
    row = arrangement_of(cycle, form)
    if row is None:
        return found.none()
    if row.contract_id is not None:
        return found.filter(pk=row.contract_id)
    return found.filter(organisation_id=row.organisation_id) if row.organisation_id else found.none()
