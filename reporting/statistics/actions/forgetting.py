"""What of a tenant's figures is a person's, and goes when the tenant is erased; the figures themselves stay."""

from collections import Counter

from django.utils import timezone

from reporting.statistics.models import FactsBatch, HeldFact, Note, NoteMessage, PushConsent, SigningSecret
from tenants.models import Tenant

END_REASON = "—"


def forget_senders(tenant: Tenant, told: Counter[str]) -> None:
    """Take names of the tenant's people out of what it sent, end its consent, and destroy the key that signed.

    In the transaction that erases. What is not sent will not be: the consent ends; its keys' public halves stay, so
    that receipts can be verified. Nobody will look any more at figures that were held for a look.
    """
    told["statistics_signing_keys"] = SigningSecret.objects.filter(key__tenant=tenant).delete()[0]
    consents = PushConsent.objects.filter(tenant=tenant)
    consents.filter(ended_at__isnull=True).update(ended_at=timezone.now(), end_reason=END_REASON)
    told["statistics_names"] = sum(
        (
            consents.update(given_by=None, given_by_name=""),
            FactsBatch.objects.filter(tenant=tenant).update(pushed_by=None, pushed_by_name=""),
            HeldFact.objects.filter(tenant=tenant).update(decided_by=None, decided_by_name=""),
            NoteMessage.objects.filter(note__tenant=tenant, side=NoteMessage.Side.TENANT).update(
                written_by=None, written_by_name=""
            ),
        )
    )
    HeldFact.objects.filter(tenant=tenant, state=HeldFact.State.WAITING).update(
        state=HeldFact.State.GIVEN_UP, decided_at=timezone.now()
    )
    Note.objects.filter(tenant=tenant).exclude(state=Note.State.CLOSED).update(
        state=Note.State.CLOSED, closed_at=timezone.now()
    )
