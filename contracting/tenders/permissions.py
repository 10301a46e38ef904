"""Permission names of calls, offers and the committee.

A permission opens a page; what is shown of an offer is decided by the facts: nothing before the opening, and after it
only what `may_read_content` allows.
"""

from kernel.permissions import register
from tenants.roles import Role

_UNIT = {Role.DIRECTOR, Role.COORDINATOR, Role.ACCOUNTANT, Role.INSPECTOR, Role.COMMITTEE_MEMBER}
_BIDDERS = {Role.NGO_MANAGER, Role.NGO_COORDINATOR}

READ_CALLS = register("tenders.read_calls", roles=_UNIT | _BIDDERS)
EDIT_CALLS = register("tenders.edit_calls", roles={Role.DIRECTOR, Role.COORDINATOR})
PUBLISH_CALLS = register("tenders.publish_calls", roles={Role.DIRECTOR})
WRITE_OFFERS = register("tenders.write_offers", roles=_BIDDERS)
SUBMIT_OFFERS = register("tenders.submit_offers", roles={Role.NGO_MANAGER})
APPOINT_COMMITTEE = register("tenders.appoint_committee", roles={Role.DIRECTOR})
SIT_ON_COMMITTEE = register(
    "tenders.sit_on_committee", roles={Role.DIRECTOR, Role.COORDINATOR, Role.INSPECTOR, Role.COMMITTEE_MEMBER}
)
READ_OFFERS = register(
    "tenders.read_offers", roles={Role.DIRECTOR, Role.COORDINATOR, Role.INSPECTOR, Role.COMMITTEE_MEMBER}
)
DECIDE_CALLS = register("tenders.decide_calls", roles={Role.DIRECTOR})
KEEP_RECOVERY = register("tenders.keep_recovery", roles={Role.DIRECTOR})
