"""Verbs on tenants: create, suspend, resume."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.crypto import new_wrapped_key
from kernel.errors import DomainError, Problem, Sentence
from kernel.ids import new_id
from kernel.tenancy import public_scope
from kernel.validation import problems_of
from tenants import provisioning, routing
from tenants.keys import SETTLED
from tenants.models import FormerKey, Tenant, Territory
from tenants.rules.terc import is_city_county

REASON_MAX = 300


def _schema_name(tenant_id: UUID) -> str:
    return f"t_{tenant_id.hex[:24]}"


def _require_valid(tenant: Tenant) -> None:
    problems = []
    try:
        tenant.full_clean()
    except ValidationError as error:
        problems = problems_of(error, tenant)
    if not problems and (sentence := territory_refusal(tenant.kind, tenant.territory)):
        problems = [Problem("wrong_territory", sentence, "territory", tenant.territory.code)]
    if problems:
        raise DomainError("invalid_tenant", _("The tenant was not created."), problems=problems)


def territory_refusal(kind: str, territory: Territory) -> Sentence:
    """Why the territory cannot be that of a tenant of this kind, or nothing."""
    named = {"name": territory.name, "code": territory.code}
    if territory.retired_on:
        return _("%(name)s (%(code)s) is no longer in the register. Choose its successor.") % named
    is_city = is_city_county(territory.code)
    fits = {
        Tenant.Kind.COMMUNE: territory.level == Territory.Level.COMMUNE,
        Tenant.Kind.COUNTY: territory.level == Territory.Level.COUNTY and not is_city,
        Tenant.Kind.CITY: is_city and territory.level in {Territory.Level.COUNTY, Territory.Level.COMMUNE},
    }
    if fits[Tenant.Kind(kind)]:
        return ""
    return (
        _(
            "%(name)s (%(code)s) is not of the chosen kind. Choose a commune for a commune (7 digits), a county for a "
            "county (4 digits), a city with county rights for a city."
        )
        % named
    )


def create_tenant(
    *,
    slug: str,
    name: str,
    kind: str,
    territory: Territory,
    unit_name: str,
    unit_type: str,
    population: int | None = None,
    actor: Actor,
) -> Tenant:
    """Make a tenant with its schema, in one transaction: it is there whole or not at all.

    Raises DomainError `invalid_tenant` with a problem for each field that is wrong.
    """
    tenant_id = new_id()
    script = provisioning.statements_of_ours()
    with public_scope(), transaction.atomic():
        tenant = Tenant(
            id=tenant_id,
            slug=slug,
            schema_name=_schema_name(tenant_id),
            name=name,
            kind=kind,
            territory=territory,
            voivodeship=Territory.objects.get(pk=territory.code[:2]),
            unit_name=unit_name,
            unit_type=unit_type,
            population=population,
            data_key=new_wrapped_key(),
            migrated_to=provisioning.fingerprint(),
        )
        _require_valid(tenant)
        try:
            with transaction.atomic():
                tenant.save(force_insert=True)
        except IntegrityError as error:
            raise DomainError(
                "tenant_exists",
                _("A tenant with this address was created meanwhile. Choose another address."),
                field="slug",
                value=slug,
            ) from error
        provisioning.create_own_schema(tenant, script)
        record(
            "create_tenant",
            actor=actor,
            subject_type="tenant",
            subject_id=tenant.pk,
            payload={"slug": slug, "territory": territory.code},
        )
    routing.forget(slug)
    return tenant


def require_not_left(tenant: Tenant) -> None:
    """Raises DomainError `tenant_left` where its erasure was confirmed: nothing of it changes any more."""
    if tenant.left_on is not None:
        raise DomainError(
            "tenant_left",
            _("%(name)s has left: its erasure began on %(day)s.")
            % {"name": tenant.name, "day": tenant.left_on},
        )


def _set_state(tenant: Tenant, state: str, reason: str, verb: str, actor: Actor) -> Tenant:
    with public_scope(), transaction.atomic():
        locked = Tenant.objects.select_for_update().get(pk=tenant.pk)
        require_not_left(locked)
        before: dict[str, Any] = {"state": locked.state, "reason": locked.suspension_reason}
        after = {"state": state, "reason": reason}
        if before != after:
            locked.state, locked.suspension_reason = state, reason
            locked.save(update_fields=["state", "suspension_reason"])
            record(
                verb,
                actor=actor,
                subject_type="tenant",
                subject_id=tenant.pk,
                payload={"before": before, "after": after},
            )
    routing.forget(tenant.slug)
    return locked


def suspend_tenant(tenant: Tenant, *, reason: str, actor: Actor) -> Tenant:
    """Refuse entry to everybody of the tenant, with a reason that they read (at most 300 characters).

    Raises DomainError `reason_missing`, `reason_too_long` or `tenant_left`.
    """
    if not reason.strip():
        raise DomainError(
            "reason_missing",
            _("Write the reason: people of the tenant will read it when they are refused."),
            field="reason",
        )
    if len(reason.strip()) > REASON_MAX:
        raise DomainError(
            "reason_too_long",
            _("The reason has %(count)s characters; shorten it to %(max)s.")
            % {"count": len(reason.strip()), "max": REASON_MAX},
            field="reason",
        )
    return _set_state(tenant, Tenant.State.SUSPENDED, reason.strip(), "suspend_tenant", actor)


def resume_tenant(tenant: Tenant, *, actor: Actor) -> Tenant:
    """Let people of the tenant in again. Raises DomainError `tenant_left` or `key_changed_just_now`."""
    # A web server may still know the key from before, and would look for PESEL numbers by it.
    if FormerKey.objects.filter(tenant=tenant, retired_at__gt=timezone.now() - SETTLED).exists():
        raise DomainError(
            "key_changed_just_now",
            _("The key of %(name)s was changed less than three minutes ago. Open it in three minutes.")
            % {"name": tenant.name},
        )
    return _set_state(tenant, Tenant.State.ACTIVE, "", "resume_tenant", actor)
