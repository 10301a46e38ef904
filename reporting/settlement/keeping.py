"""What settlements tell of persons, until when payments are kept, and how incomes are taken off."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Exists, Max, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.anonymity import ANONYMISED, tells
from kernel.crypto import encrypt
from reporting.care.hooks import Matter, matters_of_persons, persons_anonymised
from reporting.care.keeping import MatterKind, still_open
from reporting.settlement.models import AcceptedLine, Adjustment, ConfirmedPayment, PaymentBasis, Settlement


def _add_matters(persons: Collection[UUID], today: date, matters: list[Matter]) -> None:
    """Payments of these persons by the newest, and corrections not settled; two queries. Months: compliance."""
    rows = ConfirmedPayment.objects.filter(person__in=list(persons)).order_by().values("person")
    for row in rows.annotate(last=Max("made_at")):
        matters.append(Matter(row["person"], MatterKind.PAYMENT, timezone.localdate(row["last"])))
    settled = Settlement.objects.filter(
        contract=OuterRef("line__contract"), month=OuterRef("carried_in"), state=Settlement.State.SETTLED
    )
    standing = Adjustment.objects.standing().filter(
        ~Exists(settled), line__decision__person__in=list(persons)
    )
    waiting = standing.order_by().values_list("line__decision__person", flat=True)
    matters += still_open(waiting, _("a correction waits for its settlement"), MatterKind.PAYMENT)


def _take_off(persons: Collection[UUID]) -> None:
    """Amounts stay; what they were counted from (incomes, household, where it was known from) goes."""
    rows = list(ConfirmedPayment.objects.filter(person__in=list(persons)).select_for_update())
    for row in rows:
        way = row.way
        for part in way["parts"]:
            part["source"], part["household"] = ANONYMISED, None
            if part["rate"]:
                part["rate"]["income_percent"] = None
        row.way = way
    ConfirmedPayment.objects.bulk_update(rows, ["way_encrypted"], batch_size=500)
    bases = PaymentBasis.objects.filter(decision__person__in=list(persons))
    bases.update(income_encrypted=encrypt("0"), household=None, source=ANONYMISED)


def tell_keeping() -> None:
    """Say what the tables of settlements tell of persons."""
    tells(AcceptedLine, "decision__person", kept=["worker"])
    tells(
        Adjustment,
        "line__decision__person",
        replaced=["words", "withdrawn_reason"],
        kept=["made_by_name", "withdrawn_by_name"],
    )
    # Written anew by `_take_off`.
    tells(ConfirmedPayment, "person", kept=["way_encrypted"])
    tells(PaymentBasis, "decision__person", kept=["income_encrypted", "source", "made_by_name"])
    matters_of_persons.subscribe(_add_matters)
    persons_anonymised.subscribe(_take_off)
