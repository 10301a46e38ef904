"""What persons pay is kept with a confirmed settlement, and let go with one that is taken back."""

from collections import defaultdict
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Contract
from kernel.errors import Conflict
from kernel.periods import Month
from reporting.care.locking import hold_persons
from reporting.care.models import Decision
from reporting.settlement.models import ConfirmedPayment, PaymentBasis, Settlement
from reporting.settlement.payment_cases import open_payments
from reporting.settlement.payment_shapes import way_document


def freeze_payments(settlement: Settlement) -> int:
    """Keep what persons pay by a confirmed settlement, as it is counted now; says how many payments.

    Those that cannot be counted yet (no income, no table) are left open, and are kept once an income is entered. Done
    in the transaction of a verb that holds the settlements of the contract.
    """
    counted = [
        one for one in open_payments(Month.of(settlement.month), [settlement.contract_id]) if not one.missing
    ]
    known = _bases({decision.pk for one in counted for decision in one.decisions})
    rows = []
    for one in counted:
        row = ConfirmedPayment(
            settlement=settlement,
            person_id=one.decision.person_id,
            service_id=one.decision.service_id,
            delivered=one.delivered.first,
            decisions=[decision.pk for decision in one.decisions],
            known_bases=[pk for decision in one.decisions for pk in known[decision.pk]],
            minutes=one.minutes,
            fee=one.fee,
        )
        row.way = way_document(one)
        rows.append(row)
    return len(ConfirmedPayment.objects.bulk_create(rows))


def freeze_what_was_missing(decision: Decision, contract: Contract, since: Month) -> None:
    """Keep the payments of confirmed settlements that an income entered now lets be counted."""
    waiting = Settlement.objects.confirmed().filter(contract=contract, month__gte=since.first)
    for settlement in waiting.exclude(payments__decisions__contains=[decision.pk]).order_by("month"):
        freeze_payments(settlement)


def let_payments_go(settlement: Settlement) -> int:
    """What persons pay by the settlement is open again; says how many payments."""
    return int(ConfirmedPayment.objects.filter(settlement=settlement).delete()[0])


def require_countable(contract: Contract, month: Month) -> None:
    """Hold the persons of the month's decisions and payments; before the settlements, as persons come first everywhere.

    Raises Conflict `person_anonymised` where one is anonymised: their incomes are gone, and what was paid by them would
    be counted from nothing.
    """
    decisions = Decision.objects.filter(
        contract=contract, valid_from__lte=month.last, ends_before__gt=month.first
    )
    payments = ConfirmedPayment.objects.filter(settlement__contract=contract, settlement__month=month.first)
    persons = {
        *decisions.order_by().values_list("person", flat=True),
        *payments.order_by().values_list("person", flat=True),
    }
    if len(hold_persons(persons)) < len(persons):
        raise Conflict(
            "person_anonymised",
            _(
                "Data of a person of this month were anonymised after their term of keeping, incomes among them: what "
                "they pay cannot be counted anew. The settlement stays as it is."
            ),
        )


def _bases(decisions: set[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for pk, decision in PaymentBasis.objects.filter(decision__in=decisions).values_list("pk", "decision_id"):
        found[decision].append(pk)
    return found
