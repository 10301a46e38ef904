"""A small world of advice in alfa: an organisation with an adviser who has an account, people of the unit."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from kernel.access import Actor
from kernel.periods import WARSAW, local_datetime
from kernel.tenancy import tenant_scope
from reporting.advice.actions import booking
from reporting.advice.models import Appointment, Availability, Request, Slot
from tenants.models import Organisation, Tenant
from tenants.roles import Role
from tests.factories.care import WorkerFactory
from tests.factories.people import partner, signed_in_client

ACTOR = Actor.system("tests")
NAMES = {Role.DIRECTOR, Role.COORDINATOR, Role.SOCIAL_WORKER}


@dataclass
class AdviceWorld:
    tenant: Tenant
    organisation: Organisation
    adviser: Any
    clients: dict[str, Client]

    def client(self, role: str) -> Client:
        """A signed-in person of the role; the carer is the adviser."""
        return self.clients[role]

    def url(self, path: str = "") -> str:
        return f"/{self.tenant.slug}/advice/{path}"

    def book(self, starts_at: datetime | None = None, **fields: Any) -> Appointment:
        """A planned appointment, two days ahead at ten unless said."""
        with tenant_scope(self.tenant):
            given: dict[str, Any] = {
                "kind": "legal",
                "minutes": 60,
                "place": "office",
                "presence": "rejestracja",
                **fields,
            }
            asked = booking.Booking(adviser=self.adviser, starts_at=starts_at or ahead(2), **given)
            return booking.book(asked, actor=ACTOR)

    def past(self, **fields: Any) -> Appointment:
        """A planned appointment that began yesterday."""
        return self.book(ahead(-1), **fields)

    def slot(self, starts_at: datetime, **fields: Any) -> Slot:
        """A slot of the adviser, unless another one is said."""
        with tenant_scope(self.tenant):
            hours = Availability.objects.first() or Availability.objects.create(
                adviser=self.adviser, kind="legal", weekday=1, start=time(8), end=time(20), place="office",
                valid_from=date(2026, 1, 1),
            )  # fmt: skip
            given = {
                "availability": hours, "adviser": self.adviser, "kind": "legal", "place": "office", **fields
            }  # fmt: skip
            slot = Slot.objects.create(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), **given)
            slot.refresh_from_db()
            return slot

    def waiting(self, days: int, **fields: Any) -> Request:
        """Somebody who has waited for so many days."""
        with tenant_scope(self.tenant):
            given = {"kind": "legal", "alias": f"Z-{days}", **fields}
            made: Request = Request.objects.create(
                requested_on=timezone.localdate() - timedelta(days=days), **given
            )
            return made

    def now(self, row: Any) -> Any:
        """The row as it stands."""
        with tenant_scope(self.tenant):
            return type(row).objects.get(pk=row.pk)


def ahead(days: int, at: int = 10) -> datetime:
    """So many days from today at a full hour by the clocks of Warsaw."""
    return datetime.combine(timezone.localdate() + timedelta(days=days), time(at), WARSAW)


def typed(starts_at: datetime, world: AdviceWorld, **fields: Any) -> dict[str, Any]:
    """The form of booking, filled in."""
    local = local_datetime(starts_at)
    return {
        "kind": "legal",
        "adviser": world.adviser.pk,
        "day": f"{local:%d.%m.%Y}",
        "start": f"{local:%H:%M}",
        "minutes": "60",
        "place": "office",
        "presence": "rejestracja",
        "sign_language": "none",
        **fields,
    }


def make_world(tenant: Tenant) -> AdviceWorld:
    """The world, in the tenant."""
    organisation = partner(tenant, name="Stowarzyszenie Porada")
    clients = {role: signed_in_client(role, tenant) for role in NAMES}
    clients |= {
        role: signed_in_client(role, tenant, organisation) for role in (Role.NGO_COORDINATOR, Role.WORKER)
    }
    with tenant_scope(tenant):
        adviser = WorkerFactory(
            code="A01",
            surname="Lis",
            given_name="Ewa",
            organisation=organisation,
            user_id=clients[Role.WORKER].user.pk,  # type: ignore[attr-defined]
        )
    return AdviceWorld(tenant, organisation, adviser, clients)
