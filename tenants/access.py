"""What a signed-in person may do: in a tenant, in a region, on the platform."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from kernel import permissions
from kernel.access import Access, Actor
from kernel.tenancy import require_tenant
from tenants.models import Membership, RegionMembership, Tenant, Territory
from tenants.roles import ANALYST, NGO_ROLES, OPERATOR

# `Membership.objects.in_force()` of one person; asked with every request, so written out: to compose it anew each time
# was two thirds of the cost of routing (`make bench`).
_IN_FORCE = """m.user_id = %(user)s AND m.ended_at IS NULL AND NOT EXISTS (
  SELECT FROM tenants_partnership p
  WHERE p.tenant_id = m.tenant_id AND p.organisation_id = m.organisation_id AND p.until < %(today)s
)"""
_HELD = f"""
SELECT m.role, m.organisation_id, t.state, t.suspension_reason
FROM tenants_membership m JOIN tenants_tenant t ON t.id = m.tenant_id
WHERE m.tenant_id = %(tenant)s AND {_IN_FORCE}"""  # noqa: S608  every part of it stands here
# The frame of every page asks for these two.
_TENANTS = f"""
SELECT {", ".join(f't."{field.column}"' for field in Tenant._meta.concrete_fields if field.name != "data_key")}
FROM tenants_tenant t
WHERE EXISTS (SELECT FROM tenants_membership m WHERE m.tenant_id = t.id AND {_IN_FORCE})
ORDER BY t.name"""  # noqa: S608
_REGIONS = """
SELECT t.* FROM tenants_territory t
WHERE t.code IN (SELECT r.voivodeship_id FROM tenants_regionmembership r WHERE r.user_id = %(user)s)
ORDER BY t.name"""


def actor_of(user: User) -> Actor:
    return Actor(user.pk, user.full_name or user.email)


def _access(user: User, memberships: Iterable[tuple[str, UUID | None]]) -> Access:
    places = list(memberships)
    held = frozenset(role for role, _organisation in places)
    # Whoever holds a role in an organisation sees that organisation only, and may there what such a role may: rights
    # of the social unit over rows of one's own organisation would let one hand in a month and accept it too.
    restricted = held & NGO_ROLES
    counted = restricted or held
    return Access(
        actor=actor_of(user),
        roles=counted,
        permissions=permissions.granted_to(counted),
        organisation_ids=frozenset(where for _role, where in places if where)
        if restricted or not held
        else None,
        held=frozenset((role, where) for role, where in places if where and role in NGO_ROLES),
    )


def access_to_tenant(user: User, tenant: Tenant) -> Access:
    """The person's roles in the tenant; without any, an access that may nothing.

    The tenant may come from a cache up to a minute old; its state is read anew in the same query, so that a
    suspension holds at once in every process.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"user": user.pk, "tenant": tenant.pk, "today": timezone.localdate()})
        held = cursor.fetchall()
    for _role, _organisation, state, reason in held:
        tenant.state, tenant.suspension_reason = state, reason
    return _access(user, ((role, organisation) for role, organisation, _state, _reason in held))


def access_to_region(user: User, voivodeship: str) -> Access:
    """The person as an analyst of the voivodeship (two digits of TERC)."""
    is_analyst = RegionMembership.objects.filter(user=user, voivodeship_id=voivodeship).exists()
    roles = frozenset({ANALYST}) if is_analyst else frozenset()
    return Access(
        actor=actor_of(user),
        roles=roles,
        permissions=permissions.granted_to(roles),
        organisation_ids=frozenset(),
        regions=frozenset({voivodeship}) if is_analyst else frozenset(),
    )


def access_to_platform(user: User) -> Access:
    """The person as an operator of the platform, who sees no content of tenants."""
    roles = frozenset({OPERATOR}) if user.is_operator else frozenset()
    return Access(
        actor=actor_of(user),
        roles=roles,
        permissions=permissions.granted_to(roles),
        organisation_ids=frozenset(),
    )


def nobody() -> Access:
    """The access of a request that nobody has signed in to."""
    return Access(actor=Actor.system("signed out"))


def people_who_may(permission: str, organisation_id: UUID | None) -> QuerySet[User]:
    """Whom mails of the tenant at hand about this go to: people of the organisation, of the social unit for None."""
    members = Membership.objects.in_force().filter(
        tenant_id=require_tenant().pk,
        role__in=permissions.known()[permission],
    )
    theirs = Q(organisation=organisation_id) if organisation_id else Q(organisation__isnull=True)
    return User.objects.filter(pk__in=members.filter(theirs).values("user_id")).order_by("email")


def tenants_of(user: Any) -> list[Tenant]:
    """The tenants a person belongs to, by name: what the switch on top of every page lists."""
    return list(Tenant.objects.raw(_TENANTS, {"user": user.pk, "today": timezone.localdate()}))


def regions_of(user: Any) -> list[Territory]:
    """The voivodeships whose statistics a person analyses, by name."""
    return list(Territory.objects.raw(_REGIONS, {"user": user.pk}))
