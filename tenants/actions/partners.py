"""Organisations and their partnerships with tenants."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError, Problem
from kernel.tenancy import tenant_scope
from kernel.validation import require_valid
from tenants.models import Organisation, Partnership, Tenant
from tenants.rules.identifiers import clean_krs, clean_nip, clean_regon
from tenants.tasks import end_memberships_of

_CHECKS = {
    "nip": (
        clean_nip,
        _(
            "“%(value)s” is not a NIP: it has ten digits, the last a check digit. Compare it with the register."
        ),
    ),
    "regon": (
        clean_regon,
        _(
            "“%(value)s” is not a REGON: it has 9 or 14 digits with a check digit. Compare it with the register."
        ),
    ),
    "krs": (
        clean_krs,
        _("“%(value)s” is not a KRS number: it has at most ten digits. Compare it with the register."),
    ),
}


def _identifiers(given: dict[str, str]) -> dict[str, str | None]:
    """The numbers as digits, None for those left out. Raises DomainError with a problem for each wrong one."""
    cleaned: dict[str, str | None] = {}
    problems = []
    for field, (clean, sentence) in _CHECKS.items():
        text = given.get(field, "").strip()
        cleaned[field] = clean(text) if text else None
        if text and cleaned[field] is None:
            problems.append(Problem(f"wrong_{field}", sentence % {"value": text}, field, text))
    if problems:
        raise DomainError("invalid", _("Nothing was saved: correct what is marked."), problems=problems)
    return cleaned


def find_organisation(number: str) -> Organisation | None:
    """The organisation with exactly this KRS, NIP or REGON number, written in any way."""
    candidates = {
        "nip": clean_nip(number),
        "regon": clean_regon(number),
        "krs": clean_krs(number),
    }
    for field, value in candidates.items():
        found = Organisation.objects.filter(**{field: value}).first() if value else None
        if found:
            return found
    return None


def create_organisation(
    *, name: str, legal_form: str, nip: str = "", regon: str = "", krs: str = "", actor: Actor
) -> Organisation:
    """A new organisation, known to the whole platform by its numbers; at least one of them is needed.

    Runs in the transaction and chain of the caller's tenant. Raises DomainError with a problem for each wrong field.
    """
    numbers = _identifiers({"nip": nip, "regon": regon, "krs": krs})
    if not any(numbers.values()):
        raise DomainError(
            "number_missing",
            _("Give at least one number, KRS, NIP or REGON: by it other tenants find the same organisation."),
            field="krs",
        )
    organisation = Organisation(name=name.strip(), legal_form=legal_form, **numbers)
    with transaction.atomic():
        require_valid(organisation)
        organisation.save()
        record(
            "create_organisation",
            actor=actor,
            subject_type="organisation",
            subject_id=organisation.pk,
            payload={"name": organisation.name, "legal_form": legal_form, **numbers},
        )
    return organisation


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
        try:
            with transaction.atomic():
                partnership.save()
        except IntegrityError as error:
            raise DomainError(
                "partner_already", _("%(name)s is a partner already.") % {"name": organisation.name}
            ) from error
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
    since: date | None = None,
    actor: Actor,
) -> Partnership:
    """A new organisation and its partnership, together or not at all."""
    with tenant_scope(tenant), transaction.atomic():
        organisation = create_organisation(
            name=name, legal_form=legal_form, nip=nip, regon=regon, krs=krs, actor=actor
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
