"""What a tenant agreed to send, and the keys by which it signs what it sends."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from kernel.models import Shared
from tenants.models import Tenant


class ConsentQuerySet(models.QuerySet["PushConsent"]):
    def in_force(self) -> Self:
        """Those that nobody has ended."""
        return self.filter(ended_at__isnull=True)


class PushConsent(Shared):
    """A director's word that figures leave the tenant, up to an edition of the dictionary, until it is ended.

    A later edition brings indicators that nobody has agreed to: they wait for a consent of their own.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="push_consents")
    edition = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField(default=timezone.now)
    given_by = models.UUIDField(null=True)
    given_by_name = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=500, blank=True)

    objects: ClassVar[Any] = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "edition"], condition=Q(ended_at__isnull=True), name="push_consent_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="")
                | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="push_consent_ended_with_reason",
            ),
        ]


class SigningKey(Shared):
    """The public half (Ed25519, 64 hex digits) of a key by which a tenant signs; a retired one still verifies."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="signing_keys")
    public_key = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(public_key__regex="^[0-9a-f]{64}$"), name="signing_key_hex"),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(retired_at__isnull=True), name="signing_key_one_in_use"
            ),
        ]


class SigningSecret(Shared):
    """The private half, encrypted with the tenant's data key: only code inside the tenant can sign."""

    key = models.OneToOneField(SigningKey, on_delete=models.CASCADE, related_name="secret")
    wrapped = models.BinaryField()
