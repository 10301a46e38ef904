"""Permissions are known by name, given to roles, and an unknown one fails at once; who sees what in which scope."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from kernel import permissions
from kernel.access import Access, Actor
from kernel.doors import tenant_door
from kernel.permissions import UnknownPermission, Verdict, denied
from tenants.access import access_to_platform, access_to_region, access_to_tenant
from tenants.models import Membership, RegionMembership, Tenant
from tenants.permissions import may_give_for, roles_to_give
from tenants.roles import NGO_ROLES, OPERATOR, UNIT_ROLES, Role
from tests.factories.people import UserFactory, partner


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Registers permissions that are forgotten after the test."""
    monkeypatch.setattr(permissions, "_ROLES_BY_PERMISSION", dict(permissions.known()))
    monkeypatch.setattr(permissions, "_PERSONAL_DATA", set(permissions._PERSONAL_DATA))
    return permissions.register


def test_a_permission_is_given_to_its_roles_only(registered: Callable[..., str]) -> None:
    registered("probe.read", roles={"director", "inspector"})
    assert "probe.read" in permissions.granted_to(["inspector", "worker"])
    assert "probe.read" not in permissions.granted_to(["worker"])
    assert permissions.granted_to([]) == frozenset()


def test_an_unknown_permission_fails_when_the_view_is_defined() -> None:
    with pytest.raises(UnknownPermission, match=r"nowhere\.read"):
        tenant_door("nowhere.read")


def test_only_marked_permissions_show_personal_data(registered: Callable[..., str]) -> None:
    registered("probe.plain", roles={"director"})
    registered("probe.personal", roles={"director"}, personal_data=True)
    assert permissions.shows_personal_data({"probe.plain", "probe.personal"})
    assert not permissions.shows_personal_data({"probe.plain"})


def test_a_verdict_is_a_yes_or_a_no_with_a_reason() -> None:
    assert permissions.ALLOWED
    refused = denied("bo tak")
    assert isinstance(refused, Verdict)
    assert not refused
    assert refused.reason == "bo tak"


def test_every_role_is_of_the_unit_or_of_an_organisation() -> None:
    assert set(Role) == UNIT_ROLES | NGO_ROLES
    assert set() == UNIT_ROLES & NGO_ROLES
    assert OPERATOR not in set(Role)


@pytest.mark.django_db
def test_people_of_the_unit_see_every_organisation_and_those_of_an_organisation_their_own(
    alfa: Tenant,
) -> None:
    ours = partner(alfa)
    inside, outside, nobody = UserFactory(), UserFactory(), UserFactory()
    Membership.objects.create(user=inside, tenant=alfa, role=Role.COORDINATOR)
    Membership.objects.create(user=outside, tenant=alfa, role=Role.WORKER, organisation=ours)
    assert access_to_tenant(inside, alfa).organisation_ids is None
    assert access_to_tenant(outside, alfa).organisation_ids == {ours.pk}
    assert access_to_tenant(nobody, alfa).organisation_ids == frozenset()
    assert not access_to_tenant(nobody, alfa).is_member


@pytest.mark.django_db
def test_whoever_holds_both_kinds_of_roles_sees_the_own_organisation_only(alfa: Tenant) -> None:
    ours = partner(alfa)
    both = UserFactory()
    Membership.objects.create(user=both, tenant=alfa, role=Role.DIRECTOR)
    Membership.objects.create(user=both, tenant=alfa, role=Role.NGO_COORDINATOR, organisation=ours)
    access = access_to_tenant(both, alfa)
    assert access.organisation_ids == {ours.pk}
    # The rights of a director do not hold over the rows of the own organisation.
    assert access.permissions == permissions.granted_to([Role.NGO_COORDINATOR])
    assert access.roles == {Role.NGO_COORDINATOR}
    assert roles_to_give(access) == []


@pytest.mark.django_db
def test_a_role_in_alfa_is_none_in_beta_a_region_or_the_platform(alfa: Tenant, beta: Tenant) -> None:
    user = UserFactory()
    Membership.objects.create(user=user, tenant=alfa, role=Role.DIRECTOR)
    assert access_to_tenant(user, alfa).is_member
    assert not access_to_tenant(user, beta).is_member
    assert not access_to_region(user, "32").is_member
    assert not access_to_platform(user).is_member


@pytest.mark.django_db
def test_an_analyst_of_one_voivodeship_is_none_in_another_nor_in_a_tenant(alfa: Tenant) -> None:
    user = UserFactory()
    RegionMembership.objects.create(user=user, voivodeship_id="32")
    assert access_to_region(user, "32").regions == {"32"}
    assert not access_to_region(user, "12").is_member
    assert not access_to_tenant(user, alfa).is_member


def _access(role: str, organisations: Any) -> Access:
    return Access(Actor.system("t"), frozenset({role}), permissions.granted_to([role]), organisations)


def test_a_director_gives_every_role_a_manager_those_of_the_own_organisation_others_none() -> None:
    ours, theirs = uuid4(), uuid4()
    director, manager = _access(Role.DIRECTOR, None), _access(Role.NGO_MANAGER, frozenset({ours}))
    assert set(roles_to_give(director)) == set(Role)
    assert set(roles_to_give(manager)) == NGO_ROLES
    assert roles_to_give(_access(Role.COORDINATOR, None)) == []
    assert may_give_for(director, [ours, theirs]) == [ours, theirs]
    assert may_give_for(manager, [ours, theirs]) == [ours]
