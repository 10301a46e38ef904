"""Organisations that a document from another system names: found, or made with their partnership."""

from collections.abc import Iterable

from django.utils import timezone

from kernel.access import Actor
from kernel.tally import Tally
from tenants.actions.partners import add_partner
from tenants.models import Organisation, Partnership, Tenant


class AmbiguousOrganisation(LookupError):
    """Several organisations of the platform bear the name; only a KRS number tells them apart."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def match_organisation(tenant: Tenant, name: str, krs: str | None) -> Organisation | None:
    """The organisation with the KRS number, else the one of this name: first among the tenant's partners.

    A name is no match where both numbers are known and differ. Raises AmbiguousOrganisation.
    """
    if krs and (found := Organisation.objects.filter(krs=krs).first()):
        return found
    named = Organisation.objects.filter(name__iexact=name)
    if krs:
        named = named.filter(krs__isnull=True)
    partners = list(named.filter(partnerships__tenant=tenant)[:2])
    candidates = partners or list(named[:2])
    if len(candidates) > 1:
        raise AmbiguousOrganisation(name)
    return candidates[0] if candidates else None


def store_partners(
    tenant: Tenant, lines: Iterable[tuple[str, str | None]], *, actor: Actor
) -> tuple[dict[str, Organisation], Tally]:
    """Organisations by the name that the document gives them, each a partner of the tenant; lines are (name, KRS).

    What the platform knows of an organisation stays; only a missing KRS number is filled in. Runs in the caller's
    transaction. Raises AmbiguousOrganisation.
    """
    tally = Tally()
    found: dict[str, Organisation] = {}
    today = timezone.localdate()
    for name, krs in lines:
        organisation = match_organisation(tenant, name, krs)
        is_new, changed = organisation is None, []
        if organisation is None:
            organisation = Organisation.objects.create(name=name, krs=krs)
        elif krs and not organisation.krs:
            organisation.krs = krs
            organisation.save(update_fields=["krs"])
            changed.append("krs")
        partnership = Partnership.objects.filter(tenant=tenant, organisation=organisation).first()
        if partnership is None or not partnership.holds_on(today):
            add_partner(tenant, organisation, actor=actor)
            changed.append("partnership")
        found[name] = organisation
        tally.count(name, is_new=is_new, changed=changed)
    return found, tally
