"""A tenant's signing key is replaced by a new one; what the old one signed still verifies."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import require_tenant
from reporting.statistics.actions.consenting import make_key
from reporting.statistics.locking import lock_consents
from reporting.statistics.models import SigningKey, SigningSecret


def rotate_key(*, reason: str, actor: Actor) -> SigningKey:
    """Retire the key in use of the tenant at hand and make another; the private half of the old one is destroyed.

    Batches keep naming the key that signed them. Raises DomainError `reason_missing` or `no_key` where none is in use.
    """
    text = reason.strip()
    if not text:
        raise DomainError(
            "reason_missing", _("Write why the key is replaced: the record keeps it."), field="reason"
        )
    tenant = require_tenant()
    with transaction.atomic():
        lock_consents(tenant)
        old = SigningKey.objects.select_for_update().filter(tenant=tenant, retired_at__isnull=True).first()
        if old is None:
            raise DomainError("no_key", _("The tenant has no key in use: it sends no figures."))
        old.retired_at = timezone.now()
        old.save(update_fields=["retired_at"])
        SigningSecret.objects.filter(key=old).delete()
        new = make_key(tenant)
        record(
            "rotate_signing_key",
            actor=actor,
            subject_type="tenant",
            subject_id=tenant.pk,
            payload={"reason": text, "key": {"old": old.public_key, "new": new.public_key}},
        )
    return new
