"""What calls add to the fifth step of their cycle, and to the start page of those who work on them."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracting.commissioning.contributions import contribution_to
from contracting.commissioning.models import Cycle, FormOption, Step
from contracting.tenders.actions.annulling import annul_call
from contracting.tenders.actions.publishing import publish_call
from contracting.tenders.models import Call
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.calls_world import DIRECTOR, prove, ready_draft
from tests.contracting.tenders.test_calls_drafting import cycle_with

pytestmark = pytest.mark.django_db


def checks(cycle: Cycle) -> list[tuple[str, bool]]:
    """What calls say of the step: label and whether it is met."""
    found = contribution_to(Step.Kind.CONTRACTOR_CHOICE, cycle, None)
    return [(str(item.label), item.done) for item in found.items[:3]]


def call_of(cycle: Cycle, number: str = "1/2027") -> Call:
    """A published call of the cycle; the step is not asked."""
    call = publish_call(ready_draft(number=number), actor=DIRECTOR)
    Call.objects.filter(pk=call.pk).update(cycle_id=cycle.pk)
    call.refresh_from_db()
    return call


def test_the_step_asks_for_a_call_published_lawful_and_decided(in_alfa: Tenant) -> None:
    cycle = cycle_with("support")
    assert [done for _label, done in checks(cycle)] == [False, False, False]
    call = call_of(cycle)
    assert [done for _label, done in checks(cycle)] == [True, False, False]
    prove(call)
    assert [done for _label, done in checks(cycle)] == [True, True, False]
    Call.objects.filter(pk=call.pk).update(state="decided", decided_at=timezone.now())
    # The results are owed to the same three places.
    assert [done for _label, done in checks(cycle)] == [True, False, True]


@pytest.mark.parametrize("form", ["entrust", "procurement", "own"])
def test_a_call_of_another_form_than_the_one_chosen_now_shuts_the_gate(in_alfa: Tenant, form: str) -> None:
    cycle = cycle_with("support")
    call = call_of(cycle)
    said = "Ogłoszony konkurs odpowiada wybranej formie"
    assert said not in _labels(cycle)
    FormOption.objects.filter(cycle=cycle).update(chosen=False)
    FormOption.objects.update_or_create(
        cycle=cycle, form=form, defaults={"chosen": True, "reason": "Nowa uchwała"}
    )
    assert said in _labels(cycle)
    annul_call(call, ground="other", reason="Zmiana formy", actor=DIRECTOR)
    assert said not in _labels(cycle)


def _labels(cycle: Cycle) -> list[str]:
    """The labels of what shuts the gate."""
    found = contribution_to(Step.Kind.CONTRACTOR_CHOICE, cycle, None)
    return [str(item.label) for item in found.unmet]


def test_an_annulled_call_counts_for_nothing(in_alfa: Tenant) -> None:
    cycle = cycle_with("support")
    call = call_of(cycle)
    prove(call)
    annul_call(call, ground="other", reason="Brak środków", actor=DIRECTOR)
    assert [done for _label, done in checks(cycle)] == [False, False, False]


def test_a_form_without_a_call_asks_for_none(in_alfa: Tenant) -> None:
    cycle = cycle_with("own")
    assert FormOption.objects.filter(cycle=cycle, chosen=True).exists()
    labels = [label for label, _done in checks(cycle)]
    assert "Konkurs jest ogłoszony" not in labels


def test_the_step_asks_the_database_the_same_for_many_calls(in_alfa: Tenant) -> None:
    cycle = cycle_with("support")
    prove(call_of(cycle))

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            contribution_to(Step.Kind.CONTRACTOR_CHOICE, cycle, None)
        return len(captured)

    one = count()
    for number in ("2/2027", "3/2027", "4/2027"):
        prove(call_of(cycle, number))
    assert count() == one


def test_missing_proofs_stand_on_the_start_page(sign_in: Callable[..., Client], alfa: Tenant) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        call = publish_call(ready_draft(), actor=DIRECTOR)
    assert "Brakuje dowodów publikacji" in director.get("/alfa/").content.decode()
    with tenant_scope(alfa):
        prove(call)
    assert "Brakuje dowodów publikacji" not in director.get("/alfa/").content.decode()
