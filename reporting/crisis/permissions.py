"""Permission names of crisis intervention, and who may read what is told in confidence."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.access import Access
from kernel.permissions import ALLOWED, Verdict, denied, register
from reporting.crisis.models import CaseWorker, CrisisCase, Debriefing, ShelterStay
from tenants.roles import Role

_HEADS = {Role.DIRECTOR, Role.COORDINATOR, Role.NGO_MANAGER, Role.NGO_COORDINATOR}
_INTERVENTIONISTS = {Role.COORDINATOR, Role.SOCIAL_WORKER, Role.NGO_COORDINATOR, Role.WORKER}

# Numbers, states and counts of cases: whoever answers for the service, of all of them; whoever works in it, of those
# that they work on.
READ_CASES = register(
    "crisis.read_cases", roles=_HEADS | _INTERVENTIONISTS | {Role.INSPECTOR}, personal_data=True
)
READ_EVERY_CASE = register("crisis.read_every_case", roles=_HEADS | {Role.INSPECTOR}, personal_data=True)
# To open cases and work on them. Whether a person reads a narrative is decided by the case's team, never by the role.
WORK_ON_CASES = register("crisis.work_on_cases", roles=_INTERVENTIONISTS, personal_data=True)
# To say who works on a case.
ASSIGN = register("crisis.assign", roles=_HEADS, personal_data=True)
READ_DUTY = register("crisis.read_duty", roles=_HEADS | _INTERVENTIONISTS | {Role.INSPECTOR})
PLAN_DUTY = register("crisis.plan_duty", roles=_HEADS)
READ_FIGURES = register("crisis.read_figures", roles=_HEADS | {Role.INSPECTOR})
# The numbers of the standard and the dictionaries hold for all centres of the tenant.
CONFIGURE = register("crisis.configure", roles={Role.DIRECTOR, Role.COORDINATOR})

INTERVENTIONIST_ROLES = frozenset(_INTERVENTIONISTS)


def cases_for(access: Access) -> Any:
    """Cases of which the person may know that there are such: heads and inspectors those of their house and below,
    everybody else those on which they work now."""
    cases = CrisisCase.objects.visible_to(access)
    return cases if access.may(READ_EVERY_CASE) else cases.worked_on_by(access.actor.user_id)


def known_cases(access: Access, cases: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these cases, by key, of which the person may know that there are such; one query, of none no query."""
    wanted = set(cases)
    if not wanted or not access.may(READ_CASES):
        return frozenset()
    return frozenset(cases_for(access).filter(pk__in=wanted).order_by().values_list("pk", flat=True))


def debriefings_for(access: Access) -> Any:
    """Debriefings after interventions in these cases, and those that the person is to see to."""
    debriefings = Debriefing.objects.visible_to(access)
    if access.may(READ_EVERY_CASE):
        return debriefings
    worked_on = CrisisCase.objects.worked_on_by(access.actor.user_id)
    return debriefings.filter(Q(case__in=worked_on) | Q(owner_id=access.actor.user_id))


def stays_for(access: Access) -> Any:
    """Stays in the shelter of these cases."""
    stays = ShelterStay.objects.visible_to(access)
    if access.may(READ_EVERY_CASE):
        return stays
    return stays.filter(case__in=CrisisCase.objects.worked_on_by(access.actor.user_id))


def may_read_narrative(access: Access, case: CrisisCase) -> Verdict:
    """Whether the person may know who is helped and read cards and plans: those who work on the case now, and nobody
    else, whatever their role. One query."""
    user_id = access.actor.user_id
    on_the_team = (
        access.may(WORK_ON_CASES)
        and user_id is not None
        and CaseWorker.objects.filter(case=case, user_id=user_id, until__isnull=True).exists()
    )
    if on_the_team:
        return ALLOWED
    return denied(
        _(
            "Only those who work on this case read who is helped and what was written. "
            "Ask the head of the team to name you as a deputy."
        )
    )


def may_name(access: Access, case: CrisisCase) -> Verdict:
    """Whether the person may say who works on the case: heads of the centre that it belongs to, and its own team.

    The unit does not name people of an organisation, which is the controller of its data itself (L-42). Nobody names
    themselves: `actions.name_worker` refuses it, so that to read takes a second person.
    """
    of_own_house = (
        case.organisation_id is None
        if access.organisation_ids is None
        else case.organisation_id in access.organisation_ids
    )
    if access.may(ASSIGN) and of_own_house:
        return ALLOWED
    if may_read_narrative(access, case):
        return ALLOWED
    return denied(_("Who works on this case is said by the head of the centre that the case belongs to."))


def may_settle_debriefing(access: Access, task: Debriefing) -> Verdict:
    """Whether the person may note that a debriefing was held: its owner, heads of the centre, the case's team."""
    if task.owner_id == access.actor.user_id or may_name(access, task.case):
        return ALLOWED
    return denied(_("The debriefing is noted by its owner or by the head of the centre."))
