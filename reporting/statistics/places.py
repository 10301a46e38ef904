"""Where a tenant lay in a period."""

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from reporting.statistics.models import Relocation
from tenants.models import Tenant


def territory_on(tenant: Any, day: date) -> str:
    """The TERC code of the tenant on a day: of today, unless the register moved it since. One query.

    Today's is read too: a process may know the tenant as it was a minute ago.
    """
    since = Relocation.objects.filter(tenant=OuterRef("pk"), valid_from__gt=day).order_by("valid_from")
    lay = Coalesce(Subquery(since.values("before_id")[:1]), F("territory_id"), output_field=CharField())
    return str(Tenant.objects.filter(pk=tenant.pk).values_list(lay, flat=True).get())


class Moves:
    """All moves of the register, to tell of many tenants where each lay on a day; one query."""

    def __init__(self) -> None:
        self._moves: dict[UUID, list[tuple[date, str]]] = defaultdict(list)
        self._kinds: dict[UUID, list[tuple[date, str]]] = defaultdict(list)
        rows = Relocation.objects.order_by("valid_from")
        for tenant, since, before, kind in rows.values_list(
            "tenant_id", "valid_from", "before_id", "kind_before"
        ):
            self._moves[tenant].append((since, before))
            self._kinds[tenant].append((since, kind))

    def ever_in(self, voivodeship: str) -> QuerySet[Tenant]:
        """The tenants that lie in the voivodeship, and those that the register moved out of it."""
        moved = [one for one in self._moves if self.last_from(one, voivodeship)]
        return Tenant.objects.filter(Q(voivodeship=voivodeship) | Q(pk__in=moved))

    def voivodeship_on(self, day: date, tenant: UUID, today: str) -> str:
        """The code of the voivodeship in which the tenant lay; `today` is that in which it lies now."""
        before = next((code for since, code in self._moves.get(tenant, ()) if since > day), None)
        return before[: len("32")] if before else today

    def kind_on(self, day: date, tenant: UUID, today: str) -> str:
        """What kind of tenant it was; `today` is what it is now."""
        return next((kind for since, kind in self._kinds.get(tenant, ()) if since > day), today)

    def last_from(self, tenant: UUID, voivodeship: str) -> date | None:
        """Since when the tenant lies in the voivodeship no more; None where it was never moved out of it."""
        days = [since for since, code in self._moves.get(tenant, ()) if code.startswith(voivodeship)]
        return days[-1] if days else None
