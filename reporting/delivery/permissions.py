"""Permission names of the diary, and what a person may do to whose visits."""

from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Worker
from kernel.access import Access
from kernel.permissions import ALLOWED, Verdict, denied, register
from reporting.delivery.models import sees_own_visits_only
from tenants.roles import Role

READ_DIARY = register(
    "delivery.read_diary",
    roles={
        Role.DIRECTOR,
        Role.COORDINATOR,
        Role.INSPECTOR,
        Role.NGO_MANAGER,
        Role.NGO_COORDINATOR,
        Role.WORKER,
    },
    personal_data=True,
)
EDIT_DIARY = register(
    "delivery.edit_diary",
    roles={Role.NGO_MANAGER, Role.NGO_COORDINATOR, Role.WORKER},
    personal_data=True,
)
IMPORT_DIARY = register(
    "delivery.import_diary", roles={Role.NGO_MANAGER, Role.NGO_COORDINATOR}, personal_data=True
)


def may_enter_for(access: Access, worker: Worker) -> Verdict:
    """Whether the person may write a visit of the worker: carers write their own visits only."""
    if sees_own_visits_only(access, worker.organisation_id) and worker.user_id != access.actor.user_id:
        return denied(_("You can enter your own visits only. Ask the coordinator to enter this one."))
    return ALLOWED
