"""Things of casework in the world of the table of routes: the tenant's own, the same for both organisations."""

from datetime import date
from typing import Any

from reporting.casework.models import GroupForm, Programme, Training


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
    return {"programme": programme, "group_form": form, "training": training, "register_name": "trainings"}
