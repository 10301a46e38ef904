"""The start: whoever has one place of work goes there, whoever has several chooses."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.doors import Request, signed_in_door
from tenants.access import regions_of, tenants_of


@dataclass(frozen=True)
class Workplace:
    """Somewhere the person may go: its name, what it is, its address and why it is closed ("" if open)."""

    name: str
    note: str
    url: str
    closed: str = ""


def workplaces(request: Request) -> list[Workplace]:
    """The person's tenants by name, then regions, then the operator's pages."""
    user = request.user
    places = [
        Workplace(
            tenant.name,
            tenant.unit_name,
            reverse("today", args=[tenant.slug]),
            "" if tenant.is_active else tenant.suspension_reason,
        )
        for tenant in tenants_of(user)
    ]
    places += [
        Workplace(
            _("Voivodeship: %(name)s") % {"name": region.display_name},
            _("Statistics of the voivodeship"),
            reverse("statistics:region", args=[region.code]),
        )
        for region in regions_of(user)
    ]
    if request.access.may("tenants.operate"):
        places.append(
            Workplace(
                _("Operator of the platform"), _("Tenants and their state"), reverse("operator:tenants")
            )
        )
    return places


@signed_in_door
def home(request: Request) -> HttpResponse:
    places = workplaces(request)
    if len(places) == 1:
        return redirect(places[0].url)
    return render(request, "tenants/home.html", {"places": places})
