"""An operator records that the register of territories moved a tenant on 1 January."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import public_scope
from reporting.statistics.actions.pushing import send_from_new_place
from reporting.statistics.locking import lock_consents
from reporting.statistics.models import Relocation
from tenants import routing
from tenants.actions.tenants import territory_refusal
from tenants.everywhere import in_tenant
from tenants.models import Tenant, Territory


def relocate_tenant(
    tenant: Tenant, territory: Territory, *, kind: str, valid_from: date, actor: Actor
) -> Relocation:
    """From a 1 January on the tenant lies in `territory`; what it sent of earlier periods stays where it was.

    What it sent of later ones before this was recorded is sent once more from the new place, unless it is released or
    the tenant sends nothing any more: nobody may sign for it then.

    `kind` is the tenant's kind from then on: a county city may become a commune. Raises DomainError
    `not_1_january`, `not_yet`, `before_another`, `same_territory` or `wrong_territory`.
    """
    if (valid_from.day, valid_from.month) != (1, 1):
        raise DomainError(
            "not_1_january",
            _("Codes of territories change on 1 January: choose such a day."),
            field="valid_from",
            value=valid_from,
        )
    if valid_from > timezone.localdate():
        raise DomainError(
            "not_yet", _("The day has not come yet: record the change from that day on."), field="valid_from"
        )
    with public_scope(), transaction.atomic():
        lock_consents(tenant)
        # Its key stays: whoever pushes meanwhile may refer to it, and waits for nobody who waits for them.
        locked = Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
        if locked.territory_id == territory.pk:
            raise DomainError("same_territory", _("The tenant lies there already."), field="territory")
        if Relocation.objects.filter(tenant=locked, valid_from__gte=valid_from).exists():
            raise DomainError(
                "before_another",
                _("A change of this day or a later one is recorded already: changes are recorded in order."),
                field="valid_from",
                value=valid_from,
            )
        if sentence := territory_refusal(kind, territory):
            raise DomainError("wrong_territory", sentence, field="territory", value=territory.pk)
        made: Relocation = Relocation.objects.create(
            tenant=locked,
            valid_from=valid_from,
            before_id=locked.territory_id,
            after=territory,
            kind_before=locked.kind,
        )
        locked.territory, locked.voivodeship_id, locked.kind = territory, territory.pk[:2], kind
        locked.save(update_fields=["territory", "voivodeship", "kind"])
        record(
            "relocate_tenant",
            actor=actor,
            subject_type="tenant",
            subject_id=locked.pk,
            payload={"territory": {"old": made.before_id, "new": made.after_id}, "from": valid_from},
        )
        in_tenant(locked, lambda: send_from_new_place(valid_from, actor=actor))
    routing.forget(locked.slug)
    return made
