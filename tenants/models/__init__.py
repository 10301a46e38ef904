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
from tenants.models.tenancy import Erasure, SchemaScript, Tenant, TenantQuerySet, Territory

__all__ = [
    "Erasure",
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
