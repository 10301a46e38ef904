"""What persons pay by settlements that were confirmed, kept as it was counted then."""

import json
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from contracting.commissioning.models import Service
from kernel.crypto import decrypt, encrypt
from kernel.models import TenantOwned
from reporting.care.models import Person
from reporting.settlement.models.settlements import Settlement


class ConfirmedPayment(TenantOwned):
    """What a person pays for a service (PLN, below zero: is given back) by a confirmed settlement, frozen with it.

    `delivered` is the first day of the month of delivery: that of the settlement, or an earlier one which corrections
    that it carries change. `decisions` are those of the payment, `known_bases` the bases of these that were entered by
    then: a correction that comes later is counted by them. How it was counted tells of incomes and is kept encrypted.
    Taking the settlement back removes the row; the audit line says so.
    """

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="payments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    delivered = models.DateField()
    decisions = ArrayField(models.UUIDField())
    known_bases = ArrayField(models.UUIDField(), default=list)
    minutes = models.IntegerField()
    fee = models.DecimalField(max_digits=12, decimal_places=2)
    way_encrypted = models.BinaryField(editable=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["settlement", "person", "delivered"]
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "person", "service", "delivered"], name="confirmed_payment_once"
            ),
            models.CheckConstraint(condition=Q(delivered__day=1), name="confirmed_payment_first_day"),
            models.CheckConstraint(condition=Q(decisions__len__gte=1), name="confirmed_payment_of_decisions"),
        ]

    @property
    def way(self) -> dict[str, Any]:
        """How it was counted, as `payment_shapes.way_document` wrote it."""
        document: dict[str, Any] = json.loads(decrypt(bytes(self.way_encrypted)))
        return document

    @way.setter
    def way(self, document: dict[str, Any]) -> None:
        self.way_encrypted = encrypt(json.dumps(document, ensure_ascii=False))
