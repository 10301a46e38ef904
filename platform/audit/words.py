"""How verbs, subjects and pages of the record are said to people; a test finds verbs that have no words yet."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERBS: dict[str, Promise] = {
    # platform and accounts
    "create_tenant": _("tenant created"),
    "suspend_tenant": _("tenant suspended"),
    "resume_tenant": _("tenant opened again"),
    "load_territories": _("territories loaded"),
    "create_account": _("account opened"),
    "change_profile": _("profile changed"),
    # people and partners
    "invite_person": _("person invited"),
    "resend_invitation": _("invitation sent again"),
    "withdraw_invitation": _("invitation withdrawn"),
    "accept_invitation": _("invitation accepted"),
    "erase_invitations": _("old invitations erased"),
    "change_role": _("role changed"),
    "end_membership": _("role ended"),
    "create_organisation": _("organisation entered"),
    "add_partner": _("partner added"),
    "end_partnership": _("partnership given its last day"),
}

SUBJECTS: dict[str, Promise] = {
    "tenant": _("tenant"),
    "territories": _("territories"),
    "user": _("account"),
    "invitation": _("invitation"),
    "membership": _("role"),
    "organisation": _("organisation"),
    "service": _("service"),
    "contract": _("contract"),
    "worker": _("worker"),
    "person": _("person"),
    "decision": _("decision"),
    "visit": _("visit"),
    "month": _("month"),
}

# Where a subject has a page of its own in the tenant.
SUBJECT_PAGES = {
    "service": "commissioning:service",
    "contract": "contracts:contract",
    "worker": "contracts:worker",
    "person": "care:person",
    "decision": "care:decision",
}

PAGES: dict[str, Promise] = {
    "care.persons": _("list of persons"),
    "care.person": _("page of a person"),
    "care.edit_person": _("form of a person"),
    "person.pesel": _("PESEL shown"),
    "care.search": _("search"),
    "care.decisions": _("list of decisions"),
    "care.decision": _("page of a decision"),
    "care.decision_form": _("form of a decision"),
}
