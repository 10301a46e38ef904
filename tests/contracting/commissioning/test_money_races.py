"""Two people at one table, one limit and one choice at the same moment, in real threads and real transactions."""

import threading
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest

from contracting.commissioning import steps
from contracting.commissioning.actions import forms, law, payments
from contracting.commissioning.law import NATIONAL_BANDS
from contracting.commissioning.models import Cycle, FormOption, LegalLimit, PaymentTable, Service
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from kernel.validation import require_valid
from tenants.models import Tenant
from tests.factories.care import ServiceFactory
from tests.factories.commissioning import ACTOR, make_cycle, put_at
from tests.racing import at_once, committed_tenant, committing

db = committing

TABLE = payments.TableTerms(
    "Odpłatność", "Uchwała", date(2027, 1, 1), Decimal(30), PaymentTable.Rounding.GROSZ, NATIONAL_BANDS
)
LIMIT = law.LimitTerms(Decimal(30), date(2027, 1, 1), None, "art. 13", "Dz.U.", True)


@pytest.fixture
def committed(db: None) -> Iterator[tuple[Tenant, Cycle]]:
    """A cycle at step 3 with two forms in a tenant of its own, really committed; removed afterwards."""
    with committed_tenant("skarbiec", "Skarbiec") as tenant:
        with tenant_scope(tenant):
            cycle = put_at(make_cycle(), steps.FORM)
            for form in ("entrust", "own"):
                FormOption.objects.create(cycle=cycle, form=form)
        yield tenant, cycle


def _validated_together(module: Any) -> Any:
    """Let both be found valid before either is saved: only the database can tell them apart then."""
    both = threading.Barrier(2)

    def validate(instance: Any, **options: Any) -> None:
        require_valid(instance, **options)
        both.wait(timeout=10)

    return mock.patch.object(module, "require_valid", validate)


def test_of_two_tables_for_one_day_the_database_keeps_one(committed: tuple[Tenant, Cycle]) -> None:
    tenant, cycle = committed
    with tenant_scope(tenant):
        service = Service.objects.get(pk=cycle.service_id)
    with _validated_together(payments):
        enter = lambda: payments.create_table(service, TABLE, actor=ACTOR)  # noqa: E731
        assert sorted(at_once(tenant, enter, enter)) == ["done", "table_twice"]
    with tenant_scope(tenant):
        assert PaymentTable.objects.count() == 1


def test_of_two_values_for_one_day_the_database_keeps_one(committed: tuple[Tenant, Cycle]) -> None:
    tenant, _cycle = committed
    with _validated_together(law):
        enter = lambda: law.enter_limit("call_days_min", LIMIT, actor=ACTOR)  # noqa: E731
        assert sorted(at_once(tenant, enter, enter)) == ["done", "limit_twice"]
    with tenant_scope(tenant):
        assert LegalLimit.objects.count() == 1


def test_two_choices_at_once_leave_one_form_chosen(committed: tuple[Tenant, Cycle]) -> None:
    tenant, cycle = committed
    choices = [
        lambda form=form: forms.choose_form(cycle, form, reason=f"wybieramy {form}", actor=ACTOR)
        for form in ("entrust", "own")
    ]
    assert sorted(at_once(tenant, *choices)) == ["done", "done"]
    with tenant_scope(tenant):
        (chosen,) = FormOption.objects.filter(chosen=True)
        assert chosen.reason == f"wybieramy {chosen.form}"


@pytest.mark.django_db
def test_one_after_the_other_the_second_learns_before_saving(in_alfa: Tenant) -> None:
    service = ServiceFactory()
    payments.create_table(service, TABLE, actor=ACTOR)
    with pytest.raises(DomainError) as refused:
        payments.create_table(service, TABLE, actor=ACTOR)
    assert refused.value.code == "invalid" and PaymentTable.objects.count() == 1
