"""Shared tables: territories, tenants, organisations, partnerships, memberships, invitations and erasures."""

from tenants.models.people import (
    Invitation,
    InvitationQuerySet,
    Membership,
    MembershipQuerySet,
    Organisation,
    Partnership,
    PartnershipQuerySet,
    RegionMembership,
)
from tenants.models.tenancy import (
    KINDS_WITH_NAME,
    Erasure,
    FormerKey,
    SchemaScript,
    Tenant,
    TenantQuerySet,
    Territory,
)

__all__ = [
    "KINDS_WITH_NAME",
    "Erasure",
    "FormerKey",
    "Invitation",
    "InvitationQuerySet",
    "Membership",
    "MembershipQuerySet",
    "Organisation",
    "Partnership",
    "PartnershipQuerySet",
    "RegionMembership",
    "SchemaScript",
    "Tenant",
    "TenantQuerySet",
    "Territory",
]
