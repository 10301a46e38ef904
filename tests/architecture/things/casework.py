"""Things of casework in the world of the table of routes: the tenant's own, the same for both organisations."""

from datetime import UTC, date, datetime
from typing import Any

from reporting.casework.models import GroupForm, Programme, Team, TeamMeeting, Training


def things(made: Any) -> dict[str, Any]:
    """One thing of every kind that an address of casework names; runs in the tenant."""
    programme, _made = Programme.objects.get_or_create(
        title="Razem do celu",
        valid_from=date(2026, 1, 1),
        defaults={"valid_to": date(2026, 12, 31), "started": 3, "finished": 2, "continuing": 1},
    )
    form, _made = GroupForm.objects.get_or_create(
        programme=programme,
        name="Grupa wsparcia",
        defaults={"kind": "support", "minutes": 600, "participants": 3},
    )
    training, _made = Training.objects.get_or_create(
        title="Mediacje",
        starts_on=date(2026, 3, 2),
        ends_on=date(2026, 3, 3),
        defaults={"minutes": 960, "staff": 8},
    )
    team, _made = Team.objects.get_or_create(
        name="Zespół rodzinny",
        defaults={"meetings": 2, "period": "month", "valid_from": date(2026, 1, 1)},
    )
    meeting, _made = TeamMeeting.objects.get_or_create(
        team=team, held_at=datetime(2026, 3, 2, 8, tzinfo=UTC), defaults={"minutes": 60, "participants": 5}
    )
    return {
        "programme": programme,
        "group_form": form,
        "training": training,
        "register_name": "trainings",
        "unit_team": team,
        "unit_meeting": meeting,
    }
