"""The page of the month grid."""

from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render

from audit.actions import record_reading
from kernel.doors import Request, tenant_door
from reporting.delivery.choices import read_choice
from reporting.delivery.forms import GridFilter
from reporting.delivery.grid import read_grid
from reporting.delivery.models import Visit
from reporting.delivery.permissions import EDIT_DIARY, IMPORT_DIARY, READ_DIARY
from ui.asked import say_instead
from ui.formatting import format_month


@tenant_door(READ_DIARY)
def show_grid(request: Request) -> HttpResponse:
    """One contract's month, persons × days; the choice lives in the address."""
    access = request.access
    choice = read_choice(request.GET, access)
    say_instead(request, "month", choice.month, format_month(choice.month))
    if choice.contract is None:
        return render(request, "delivery/no_contract.html", {"month": choice.month})
    grid = read_grid(choice.contract, choice.month, choice.rows, access, choice.page)
    record_reading(
        "delivery:grid",
        actor=access.actor,
        subject_type="person",
        subject_ids={row.decision.person_id for row in grid.rows if row.is_named},
    )
    # The cookie is set here: whoever types may stay on this page for hours.
    get_token(request)
    context = {
        "grid": grid,
        "choice": choice,
        "form": GridFilter(choice, grid.workers, access),
        "previous": choice.month.previous(),
        "next": choice.month.next(),
        "editable": access.may(EDIT_DIARY) and not grid.is_closed,
        "may_edit": access.may(EDIT_DIARY),
        "may_import": access.may(IMPORT_DIARY),
        "states": Visit.State.choices,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
    return render(request, "delivery/grid.html", context)
