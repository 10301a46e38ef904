"""Organisations, which all tenants share: found by their numbers, entered, and corrected."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Access, Actor
from kernel.errors import DomainError, NotAllowed, Problem
from kernel.stamps import require_unchanged, stamp_of
from kernel.tenancy import public_scope, tenant_scope
from kernel.validation import require_valid
from tenants.models import Organisation, Tenant
from tenants.permissions import fields_to_correct
from tenants.rules.identifiers import clean_krs, clean_nip, clean_regon

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


def _require_number(numbers: dict[str, str | None]) -> None:
    if not any(numbers.values()):
        raise DomainError(
            "number_missing",
            _("Give at least one number, KRS, NIP or REGON: by it other tenants find the same organisation."),
            field="krs",
        )


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
    *,
    name: str,
    legal_form: str,
    nip: str = "",
    regon: str = "",
    krs: str = "",
    address: str = "",
    actor: Actor,
) -> Organisation:
    """A new organisation, known to the whole platform by its numbers; at least one of them is needed.

    Runs in the transaction and chain of the caller's tenant. Raises DomainError with a problem for each wrong field.
    """
    numbers = _identifiers({"nip": nip, "regon": regon, "krs": krs})
    _require_number(numbers)
    organisation = Organisation(name=name.strip(), legal_form=legal_form, address=address.strip(), **numbers)
    with transaction.atomic():
        require_valid(organisation)
        organisation.save()
        record(
            "create_organisation",
            actor=actor,
            subject_type="organisation",
            subject_id=organisation.pk,
            payload=_as_values(organisation),
        )
    return organisation


def _as_values(organisation: Organisation) -> dict[str, Any]:
    return {
        field: getattr(organisation, field)
        for field in ("name", "legal_form", "nip", "regon", "krs", "address")
    }


def organisation_stamp(organisation: Organisation) -> str:
    """What an editor saw of the organisation, for correct_organisation."""
    return stamp_of(_as_values(organisation))


def correct_organisation(
    organisation: Organisation,
    *,
    name: str,
    legal_form: str,
    nip: str = "",
    regon: str = "",
    krs: str = "",
    address: str = "",
    seen: str | None = None,
    tenant: Tenant | None,
    access: Access,
) -> Organisation:
    """Correct what the platform keeps of an organisation, for all tenants at once.

    Who may change what is decided by `tenants.permissions.fields_to_correct`. The platform's record and that of every
    tenant which works or worked with the organisation tell the old and the new values; who corrected it is named where
    they acted (`tenant`, None for the operator) and to the platform only. Raises NotAllowed `not_yours_to_correct`,
    Conflict where the organisation is no longer what the editor saw (`seen`), or DomainError for each wrong field.
    """
    numbers = _identifiers({"nip": nip, "regon": regon, "krs": krs})
    wanted: dict[str, str | None] = {
        "name": name.strip(),
        "legal_form": legal_form,
        "address": address.strip(),
        **numbers,
    }
    with public_scope(), transaction.atomic():
        locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
        require_unchanged(seen, organisation_stamp(locked))
        before = _as_values(locked)
        changed = [field for field in before if before[field] != wanted[field]]
        if not fields_to_correct(locked, tenant, access).issuperset(changed):
            raise NotAllowed(
                "not_yours_to_correct",
                _(
                    "%(name)s works with several tenants: its manager may correct its name, legal form and seat, its "
                    "numbers only the operator of the platform."
                )
                % {"name": locked.name},
            )
        if not numbers.keys().isdisjoint(changed):
            # Only then: who corrects a name need not know the numbers of an organisation that came without any.
            _require_number(numbers)
        for field in changed:
            setattr(locked, field, wanted[field])
        require_valid(locked)
        if changed:
            locked.save(update_fields=changed)
            payload = {
                "before": {field: before[field] for field in changed},
                "after": {field: wanted[field] for field in changed},
            }
            _tell_all(locked, payload, tenant, access.actor)
    return locked


def _tell_all(
    organisation: Organisation, payload: dict[str, Any], tenant: Tenant | None, actor: Actor
) -> None:
    """Write the correction into the chain of the platform and of each partner, always in the same order."""
    partners = Tenant.objects.filter(partnerships__organisation=organisation).order_by("pk")
    for partner in [None, *partners]:
        named = partner is None or partner == tenant
        with public_scope() if partner is None else tenant_scope(partner):
            record(
                "correct_organisation",
                actor=actor if named else Actor.system("platform"),
                subject_type="organisation",
                subject_id=organisation.pk,
                payload=payload,
            )
