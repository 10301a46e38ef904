"""What contracts tell the steps of their cycle."""

from typing import Any

from django.utils import timezone

from contracting.commissioning.contributions import contribution_to
from contracting.commissioning.models import Cycle, FormOption
from contracting.contracts import actions
from contracting.contracts.models import Contract
from contracting.tenders.models import Call
from kernel.tenancy import tenant_scope
from tests.factories.agreements import ACTOR, granted_award, sent_for_signature
from tests.factories.commissioning import make_cycle


def _is_signed(cycle: Cycle) -> bool:
    found = contribution_to("contractor_choice", cycle, None)
    return next(item.done for item in found.items if str(item.label) == "Umowa jest podpisana")


def test_only_a_contract_of_the_cycles_own_call_passes_step_5(partners: Any) -> None:
    with tenant_scope(partners.tenant):
        award = granted_award(partners.own)
        call = award.offer.call
        cycle = make_cycle(call.service)
        FormOption.objects.create(cycle=cycle, form="entrust", chosen=True, reason="Uchwała")
        Contract.objects.filter(pk=partners.contract.pk).update(
            service=call.service, valid_from=cycle.period_from, valid_to=cycle.period_from
        )
        Call.objects.filter(pk=call.pk).update(cycle_id=cycle.pk)
        assert not _is_signed(cycle), "the contract of the cycle before still runs on the first day"
        draft = sent_for_signature(actions.draft_contract(award, actor=ACTOR), "U/82/2027")
        for side in ("unit", "organisation"):
            assert not _is_signed(cycle)
            actions.sign_draft(
                draft, side=side, function="wójt", signed_on=timezone.localdate(), form="paper", actor=ACTOR
            )
        assert _is_signed(cycle)
