"""Lists of one kind besides those of persons: their class, made and carried out as the pages do it."""

from datetime import date
from typing import Any

from django.utils import timezone

from kernel.clearing import keeper_of
from kernel.tenancy import tenant_scope
from reporting.retention.models import Clearance, RetentionClass
from reporting.retention.queries import past_their_term

HOME = "/alfa/retention/"


def term(kind: str, years: int = 5) -> None:
    """The class of a kind, from long ago; runs in the tenant."""
    RetentionClass.objects.create(
        kind=kind, valid_from=date(1990, 1, 1), symbol="0123", category="B", years=years, source="Nr 3/1990"
    )


def past(kind: str) -> list[str]:
    """What of the kind nothing keeps today; runs in the tenant."""
    return [key for key, _found in past_their_term(keeper_of(kind), timezone.localdate())]


def listed(client: Any, tenant: Any, kind: str) -> Clearance:
    """The list of the kind, made on its page."""
    client.post(f"{HOME}propose/", {"kind": kind})
    with tenant_scope(tenant):
        found: Clearance = Clearance.objects.get(kind=kind, state="proposed")
        return found


def carry_out(client: Any, clearance: Clearance) -> str:
    """Carry the list out by a protocol of today; the page that tells what became of it."""
    page = f"{HOME}lists/{clearance.pk}/confirm/"
    seen = client.get(page).context["form"]["seen"].value()
    typed = {"protocol": "BR/9/2026", "approved_on": f"{timezone.localdate():%d.%m.%Y}", "seen": seen}
    answer = client.post(page, typed, follow=True)
    return " ".join(answer.content.decode().split())
