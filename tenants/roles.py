"""Roles of people in a tenant, a region or the platform (domain.md S-200)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """A role of a member of a tenant."""

    DIRECTOR = "director", _("director of the social unit")
    COORDINATOR = "coordinator", _("coordinator of services")
    SOCIAL_WORKER = "social_worker", _("social worker")
    BENEFITS_WORKER = "benefits_worker", _("benefits worker")
    INSPECTOR = "inspector", _("inspector")
    ACCOUNTANT = "accountant", _("accountant")
    PRIVACY_OFFICER = "privacy_officer", _("data protection officer")
    COMMITTEE_MEMBER = "committee_member", _("member of the call committee")
    NGO_MANAGER = "ngo_manager", _("manager of the organisation")
    NGO_COORDINATOR = "ngo_coordinator", _("coordinator of the organisation")
    WORKER = "worker", _("carer or adviser")


# Roles outside tenants; they are not stored in a Membership.
ANALYST = "regional_analyst"
ANALYST_LABEL = _("regional analyst")
OPERATOR = "platform_operator"

NGO_ROLES = frozenset({Role.NGO_MANAGER, Role.NGO_COORDINATOR, Role.WORKER})
UNIT_ROLES = frozenset(set(Role) - NGO_ROLES)
