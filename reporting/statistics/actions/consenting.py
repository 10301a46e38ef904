"""A director approves that figures leave the tenant, and may stop it again."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.crypto import encrypt_bytes
from kernel.errors import DomainError
from kernel.signing import new_pair
from kernel.tenancy import require_tenant
from reporting.compliance.models import ContractMonth
from reporting.statistics.actions.pushing import push_month, push_quarter
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.consents import agreed_edition
from reporting.statistics.dictionary import dictionary
from reporting.statistics.locking import lock_consents
from reporting.statistics.models import FactsBatch, PeriodKind, PushConsent, SigningKey, SigningSecret
from tenants.models import Tenant

_NAME_LENGTH = 150
_REASON_LENGTH = 500


def approve_pushing(*, edition: int | None = None, actor: Actor) -> PushConsent:
    """From now on figures of accepted months and closed quarters leave; those accepted already leave at once.

    `edition` is the one whose indicators were previewed: where the dictionary has a newer one by now, the director
    looks again. Raises DomainError `dictionary_changed`, `approved_already` or `tenant_suspended`.
    """
    tenant = require_tenant()
    current = dictionary().edition
    if edition is not None and edition != current:
        raise DomainError(
            "dictionary_changed",
            _(
                "The dictionary of indicators has changed since this page was opened: look at the preview again."
            ),
        )
    if not Tenant.objects.active().filter(pk=tenant.pk).exists():
        raise DomainError("tenant_suspended", _("The tenant is suspended: it sends no figures."))
    with transaction.atomic():
        lock_consents(tenant)
        if agreed_edition(tenant) >= current:
            raise DomainError("approved_already", _("The sending of these indicators is approved already."))
        make_key(tenant)
        consent: PushConsent = PushConsent.objects.create(
            tenant=tenant,
            edition=current,
            given_by=actor.user_id,
            given_by_name=actor.label[:_NAME_LENGTH],
        )
        record(
            "approve_pushing",
            actor=actor,
            subject_type="push_consent",
            subject_id=consent.pk,
            payload={"edition": current},
        )
        _send_approved(tenant, actor)
    return consent


def make_key(tenant: Tenant) -> SigningKey:
    """The tenant's key in use; made where there is none. Inside the tenant, whose data key wraps the private half."""
    found = SigningKey.objects.filter(tenant=tenant, retired_at__isnull=True).first()
    if found is not None:
        return found
    private, public = new_pair()
    key = SigningKey.objects.create(tenant=tenant, public_key=public)
    SigningSecret.objects.create(key=key, wrapped=encrypt_bytes(private))
    return key


def _send_approved(tenant: Tenant, actor: Actor) -> None:
    """What was accepted or closed before: its figures of the indicators approved now."""
    accepted = ContractMonth.objects.filter(
        state__in=[ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED]
    )
    for month in accepted.order_by("month").values_list("month", flat=True).distinct():
        push_month(month, actor=actor)
    closed = FactsBatch.objects.filter(tenant=tenant, kind=PeriodKind.QUARTER).order_by("period")
    for first in closed.values_list("period", flat=True).distinct():
        push_quarter(Quarter.of(first), actor=actor)


def stop_pushing(*, reason: str, actor: Actor) -> None:
    """No figures leave any more, with a reason; what was sent stays as history, and the region sees since when.

    Raises DomainError `reason_missing`, `reason_too_long` or `not_approved`.
    """
    text = reason.strip()
    if not text:
        raise DomainError(
            "reason_missing",
            _("Write the reason: the region is told since when nothing comes."),
            field="reason",
        )
    if len(text) > _REASON_LENGTH:
        raise DomainError(
            "reason_too_long",
            _("The reason has %(count)s characters; shorten it to %(max)s.")
            % {"count": len(text), "max": _REASON_LENGTH},
            field="reason",
        )
    tenant = require_tenant()
    with transaction.atomic():
        lock_consents(tenant)
        now = timezone.now()
        ended = PushConsent.objects.in_force().filter(tenant=tenant).update(ended_at=now, end_reason=text)
        if not ended:
            raise DomainError("not_approved", _("The tenant sends no figures: there is nothing to stop."))
        SigningKey.objects.filter(tenant=tenant, retired_at__isnull=True).update(retired_at=now)
        record(
            "stop_pushing", actor=actor, subject_type="tenant", subject_id=tenant.pk, payload={"reason": text}
        )
