"""A tenant's own data key changed for a new one, and the former thrown away once it opens nothing."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from audit.models import Entry
from documents.actions import encrypt_files_anew
from kernel.access import Actor
from kernel.crypto import encrypter_anew, new_wrapped_key
from kernel.errors import DomainError
from kernel.locks import wait_briefly
from kernel.tenancy import public_scope, tenant_scope
from kernel.tenant_keys import Anew, encrypt_anew, hold_writers
from tenants import routing
from tenants.actions.tenants import REASON_MAX, require_not_left
from tenants.keys import KEPT, SETTLED
from tenants.models import FormerKey, Tenant


def rotate_tenant_key(tenant: Tenant, *, reason: str, actor: Actor) -> Anew:
    """Give a suspended tenant a new data key and encrypt all of it anew: whole, or nothing at all.

    The former key is kept, and read with, until `forget_former_keys`: a worker may still write with it. Raises
    DomainError `reason_missing`, `reason_too_long`, `tenant_left`, `tenant_open` or `suspended_just_now`, ServerAway
    where the store of files is away, and DatabaseError where somebody holds the tables.
    """
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX:
        raise DomainError(
            "reason_too_long" if reason else "reason_missing",
            _("Write the reason in at most %(max)s characters: it stays in the record.")
            % {"max": REASON_MAX},
            field="reason",
        )
    with public_scope(), transaction.atomic():
        locked = _lock(tenant)
        _require_quiet(locked)
        FormerKey.objects.create(tenant=locked, wrapped=locked.data_key)
        locked.data_key = new_wrapped_key()
        locked.save(update_fields=["data_key"])
        told = _encrypt(locked)
        _note("rotate_tenant_key", locked, actor, {"reason": reason, "values": told.changed.total()})
    routing.forget(locked.slug)
    return told


def forget_former_keys(tenant: Tenant, *, actor: Actor) -> Anew:
    """Encrypt what was still written with a former key since, and throw the former keys away; the tenant may be open.

    Nothing happens where there is none. Raises DomainError `former_key_fresh`, ServerAway and DatabaseError.
    """
    with public_scope(), transaction.atomic():
        locked = _lock(tenant)
        former = FormerKey.objects.filter(tenant=locked)
        newest = former.order_by("-retired_at").first()
        if newest is None:
            return Anew()
        if newest.retired_at > timezone.now() - KEPT:
            raise DomainError(
                "former_key_fresh",
                _(
                    "The key of %(name)s was changed within the hour: a worker may still write with the former. "
                    "Try later."
                )
                % {"name": locked.name},
            )
        told = _encrypt(locked)
        former.delete()
        _note("forget_former_keys", locked, actor, {"values": told.changed.total()})
    return told


def _lock(tenant: Tenant) -> Tenant:
    wait_briefly()
    return Tenant.objects.select_for_update().get(pk=tenant.pk)


def _require_quiet(tenant: Tenant) -> None:
    require_not_left(tenant)
    if tenant.is_active:
        raise DomainError("tenant_open", _("Suspend %(name)s first.") % {"name": tenant.name})
    entries = Entry.objects.filter(verb="suspend_tenant", subject_id=str(tenant.pk))
    if entries.filter(at__gt=timezone.now() - SETTLED).exists():
        raise DomainError(
            "suspended_just_now",
            _(
                "%(name)s was suspended less than three minutes ago: pages may still be at work. Try again soon."
            )
            % {"name": tenant.name},
        )


def _encrypt(tenant: Tenant) -> Anew:
    with tenant_scope(tenant):
        hold_writers()
        told = encrypt_anew()
        if files := encrypt_files_anew(encrypter_anew()):
            told.changed["files"] = files
    return told


def _note(verb: str, tenant: Tenant, actor: Actor, told: dict[str, Any]) -> None:
    """In the platform's record and in the tenant's own."""
    record(verb, actor=actor, subject_type="tenant", subject_id=tenant.pk, payload=told)
    with tenant_scope(tenant):
        record(verb, actor=actor, subject_type="tenant", subject_id=tenant.pk, payload=told)
