"""Partnerships of organisations with tenants."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from kernel.validation import require_valid
from tenants.actions.organisations import create_organisation
from tenants.models import Organisation, Partnership, Tenant
from tenants.tasks import end_memberships_of


def add_partner(
    tenant: Tenant, organisation: Organisation, *, since: date | None = None, actor: Actor
) -> Partnership:
    """Make the organisation a partner; a partnership that ended begins again. Raises DomainError `partner_already`."""
    today = timezone.localdate()
    with tenant_scope(tenant), transaction.atomic():
        # Two people adding the same organisation wait for each other: the later one is told.
        Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
        partnership = (
            Partnership.objects.select_for_update().filter(tenant=tenant, organisation=organisation).first()
        )
        if partnership and partnership.holds_on(today):
            raise DomainError(
                "partner_already",
                _("%(name)s is a partner already.") % {"name": organisation.name},
                field="number",
                value=organisation.name,
            )
        partnership = partnership or Partnership(tenant=tenant, organisation=organisation)
        partnership.since, partnership.until = since or today, None
        require_valid(partnership)
        partnership.save()
        record(
            "add_partner",
            actor=actor,
            subject_type="organisation",
            subject_id=organisation.pk,
            payload={"since": partnership.since},
        )
    return partnership


def add_new_partner(
    tenant: Tenant,
    *,
    name: str,
    legal_form: str,
    nip: str = "",
    regon: str = "",
    krs: str = "",
    address: str = "",
    since: date | None = None,
    actor: Actor,
) -> Partnership:
    """A new organisation and its partnership, together or not at all."""
    with tenant_scope(tenant), transaction.atomic():
        organisation = create_organisation(
            name=name, legal_form=legal_form, nip=nip, regon=regon, krs=krs, address=address, actor=actor
        )
        return add_partner(tenant, organisation, since=since, actor=actor)


def end_partnership(partnership: Partnership, *, until: date, actor: Actor) -> Partnership:
    """Set the last day of the partnership; after it the roles of its people end (at once for a day that has passed).

    Raises DomainError `ends_before_it_begins`.
    """
    with tenant_scope(partnership.tenant), transaction.atomic():
        locked = Partnership.objects.select_for_update().get(pk=partnership.pk)
        if until < locked.since:
            raise DomainError(
                "ends_before_it_begins",
                _("The partnership began on %(since)s. Choose a last day not before it.")
                % {"since": f"{locked.since:%d.%m.%Y}"},
                field="until",
                value=until,
            )
        before = locked.until
        locked.until = until
        require_valid(locked)
        locked.save(update_fields=["until"])
        record(
            "end_partnership",
            actor=actor,
            subject_type="organisation",
            subject_id=locked.organisation_id,
            payload={"before": before, "until": until},
        )
        if until < timezone.localdate():
            end_memberships_of(locked, actor=actor)
    return locked
