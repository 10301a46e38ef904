"""What waits in the unit's own work: teams whose last period ended with too few meetings."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracting.commissioning.waiting import Wait
from kernel.access import Access
from reporting.casework.models import Team
from reporting.casework.permissions import KEEP_LOADS
from reporting.casework.queries import states_of
from tenants.addresses import tenant_url
from ui.formatting import format_date_text

_MOST = 20


def casework_waiting(access: Access, today: date) -> Iterator[Wait]:
    """Everything of the unit's own work that waits for the person; three queries."""
    if not access.may(KEEP_LOADS):
        return
    teams = Team.objects.in_force(today)[:_MOST]
    for state in states_of(teams, today):
        if not state.is_missing:
            continue
        since, count = state.missed[0]
        said = {"team": state.team.name, "day": format_date_text(since), "count": count}
        yield Wait(
            "note",
            _("Team “%(team)s” met too rarely in the period from %(day)s") % said,
            ngettext("%(count)s meeting of %(all)s", "%(count)s meetings of %(all)s", count)
            % {**said, "all": state.team.meetings},
            tenant_url("casework:team", state.team.pk),
            _("See the team"),
        )
