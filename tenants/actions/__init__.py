"""The verbs of tenants; each module holds those of one kind of thing."""

from tenants.actions.analysts import dismiss_analyst, find_analyst, name_analyst
from tenants.actions.archives import archive_tenant, forget_kept, rehearse_restoration, restore_tenant
from tenants.actions.cluster import note_cluster_restoration
from tenants.actions.erasing import (
    ask_erasure,
    confirm_erasure,
    erase_tenant,
    files_left_behind,
    taken_along,
    unfinished_erasures,
    withdraw_erasure,
)
from tenants.actions.exports import export_tenant
from tenants.actions.invitations import (
    accept_as_new_person,
    accept_invitation,
    find_invitation,
    invite_analyst,
    invite_person,
    resend_invitation,
    withdraw_invitation,
)
from tenants.actions.memberships import change_role, end_membership
from tenants.actions.organisations import (
    correct_organisation,
    create_organisation,
    find_organisation,
    organisation_stamp,
)
from tenants.actions.partners import add_new_partner, add_partner, end_partnership
from tenants.actions.rekeying import forget_former_keys, rotate_tenant_key
from tenants.actions.rotating import rotate_master_keys
from tenants.actions.tenants import create_tenant, resume_tenant, suspend_tenant
from tenants.actions.territories import load_territories

__all__ = [
    "accept_as_new_person",
    "accept_invitation",
    "add_new_partner",
    "add_partner",
    "archive_tenant",
    "ask_erasure",
    "change_role",
    "confirm_erasure",
    "correct_organisation",
    "create_organisation",
    "create_tenant",
    "dismiss_analyst",
    "end_membership",
    "end_partnership",
    "erase_tenant",
    "export_tenant",
    "files_left_behind",
    "find_analyst",
    "find_invitation",
    "find_organisation",
    "forget_former_keys",
    "forget_kept",
    "invite_analyst",
    "invite_person",
    "load_territories",
    "name_analyst",
    "note_cluster_restoration",
    "organisation_stamp",
    "rehearse_restoration",
    "resend_invitation",
    "restore_tenant",
    "resume_tenant",
    "rotate_master_keys",
    "rotate_tenant_key",
    "suspend_tenant",
    "taken_along",
    "unfinished_erasures",
    "withdraw_erasure",
    "withdraw_invitation",
]
