"""A role gives its rights in its own organisation only, whatever else the person is elsewhere in the tenant."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kernel.access import Access
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.delivery.models import Visit
from reporting.delivery.permissions import READ_DIARY
from reporting.exchange.models import Token
from reporting.settlement import actions
from reporting.settlement.models import Settlement
from reporting.settlement.permissions import CONFIRM
from tenants.access import access_to_tenant
from tenants.models import Membership, Tenant
from tenants.permissions import ENTER
from tenants.roles import Role
from tests.factories.care import DecisionFactory, visit
from tests.factories.people import partner
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER
from tests.reporting.settlement.world import SettledWorld, accepted_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> SettledWorld:
    return accepted_world(alfa)


@pytest.fixture
def both(alfa: Tenant, world: SettledWorld, sign_in: Callable[..., Client]) -> Client:
    """Somebody who manages an organisation of their own, and works as a carer in that of the world."""
    client = sign_in(Role.NGO_MANAGER, alfa, partner(alfa, name="Dom"))
    Membership.objects.create(
        user=client.user,  # type: ignore[attr-defined]
        tenant=alfa,
        role=Role.WORKER,
        organisation=world.organisation,
    )
    return client


def _access(client: Any, tenant: Tenant) -> Access:
    return access_to_tenant(client.user, tenant)


def test_a_carer_confirms_no_settlement_by_managing_elsewhere(both: Client, world: SettledWorld) -> None:
    where = f"/alfa/settlement/{world.contract.pk}/2026-10/"
    with tenant_scope(world.tenant):
        actions.offer_settlement(world.contract, OCTOBER, actor=DIRECTOR)
    assert both.get(where).status_code == 404
    assert both.post(where + "confirm/", {}).status_code == 404
    with tenant_scope(world.tenant):
        assert Settlement.objects.get().state == Settlement.State.OFFERED
    assert f"/settlement/{world.contract.pk}" not in both.get("/alfa/").content.decode()


def test_a_carer_reads_no_persons_and_makes_no_token_by_managing_elsewhere(
    both: Client, world: SettledWorld
) -> None:
    with tenant_scope(world.tenant):
        person = world.clean.person
    listed = both.get("/alfa/care/persons/")
    assert listed.status_code == 200
    assert person.surname not in listed.content.decode()
    assert both.get(f"/alfa/care/persons/{person.pk}/").status_code == 404
    day = (timezone.localdate() + timedelta(days=30)).strftime("%d.%m.%Y")
    asked = {
        "pk": str(new_id()), "organisation": str(world.organisation.pk), "name": "x",
        "scopes": ["visits:read"], "last_day": day,
    }  # fmt: skip
    answer = both.post("/alfa/api/tokens/new/", asked)
    assert answer.status_code in (404, 422)
    with tenant_scope(world.tenant):
        assert not Token.objects.exists()


def test_a_carer_sees_own_visits_where_they_are_a_carer_and_all_where_they_manage(
    both: Client, world: SettledWorld, alfa: Tenant
) -> None:
    access = _access(both, alfa).within(READ_DIARY)
    with tenant_scope(alfa):
        assert not Visit.objects.visible_to(access).exists(), "those of the world are of another carer"
        world.worker.user_id = access.actor.user_id
        world.worker.save(update_fields=["user_id"])
        mine = Visit.objects.visible_to(access).count()
        assert mine == Visit.objects.filter(worker=world.worker).count() > 0
        home = next(where for role, where in access.held if role == Role.NGO_MANAGER)
        decision = DecisionFactory(contract__organisation_id=home)
        visit(decision, world.worker, OCTOBER.first, "15:00", 60)
        Visit.objects.filter(decision=decision).update(worker=world.worker)
        assert Visit.objects.visible_to(access).count() == mine + 1


def test_the_door_narrows_to_where_the_role_grants(both: Client, world: SettledWorld, alfa: Tenant) -> None:
    access = _access(both, alfa)
    home = next(where for role, where in access.held if role == Role.NGO_MANAGER)
    assert access.organisation_ids == {home, world.organisation.pk}
    assert access.within(CONFIRM).organisation_ids == {home}
    assert access.within(ENTER) is access
    parts = {part.roles: part for part in access.parts()}
    assert set(parts) == {frozenset({Role.NGO_MANAGER}), frozenset({Role.WORKER})}
    assert parts[frozenset({Role.WORKER})].organisation_ids == {world.organisation.pk}
    assert not parts[frozenset({Role.WORKER})].may(CONFIRM)


def test_whoever_has_one_kind_of_role_has_one_part(
    alfa: Tenant, sign_in: Callable[..., Client], world: SettledWorld
) -> None:
    director = _access(sign_in(Role.DIRECTOR, alfa), alfa)
    assert list(director.parts()) == [director]
    assert director.within(CONFIRM) is director
    manager = _access(sign_in(Role.NGO_MANAGER, alfa, world.organisation), alfa)
    assert list(manager.parts()) == [manager]
