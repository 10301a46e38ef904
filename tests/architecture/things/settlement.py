"""Things of settlement in the world of the table of routes."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from documents.actions import store_file
from kernel.access import Actor
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.settlement.models import (
    AcceptedLine,
    Adjustment,
    Invoice,
    PaymentBasis,
    Penalty,
    Settlement,
    TranchePayment,
)
from tests.factories.care import visit


def things(made: Any) -> dict[str, Any]:
    """One thing of every kind that an address of settlement names, for one organisation; runs in the tenant."""
    month = Month.parse(made.month).previous()
    day = month.first + timedelta(days=9)
    held = visit(made.decision, made.worker, day, "08:00", 60)
    _accept(made, month)
    settlement = Settlement.objects.create(contract=made.contract, month=month.first)
    file = store_file(
        b"<Faktura/>", name=f"{made.mark}.xml", content_type="application/xml", folder="invoices",
        actor=Actor.system("tests"),
    )  # fmt: skip
    paid = TranchePayment.objects.create(
        contract=made.contract, year=day.year, paid_on=day, amount=Decimal(100), made_by_name=made.mark
    )
    PaymentBasis.objects.create(
        decision=made.decision,
        valid_from=date(2020, 1, 1),
        income=Decimal(1234),
        source=f"wywiad {made.mark}",
    )
    return {
        "settled_month": str(month),
        "settled_visit": held,
        "adjustment": _adjustment(made, month, held),
        "tranche_payment": paid,
        "penalty": Penalty.objects.create(
            settlement=settlement, reason=f"spóźnienie {made.mark}", basis="§ 9", amount=Decimal(5)
        ),
        "invoice": Invoice.objects.create(
            settlement=settlement,
            contract=made.contract,
            number=f"FV {made.mark}",
            issued_on=day,
            amount=Decimal(40),
            file=file,
        ),
        "paid_invoice": Invoice.objects.create(
            contract=made.contract,
            number=f"FVZ {made.mark}",
            issued_on=day,
            amount=Decimal(50),
            period_from=month.first,
            period_to=month.last,
            paid_on=day,
        ),
    }


def _accept(made: Any, month: Month) -> None:
    number = made.decision.number
    line = {
        "number": number, "granted_minutes": 60, "delivered_minutes": 60, "fulfilment_percent": 100.0,
        "deviations": [],
    }  # fmt: skip
    snapshot = {
        "tenant": made.tenant.slug,
        "month": str(month),
        "decisions": [line],
        "contracts": [{"number": made.contract.number, "delivered_minutes": 60, "deviations": []}],
        "identities": [{"number": number, "decision": str(made.decision.pk), "person": str(made.person.pk)}],
        "resolutions": [],
        "refused": {"decisions": {}, "beyond": 0},
    }
    ContractMonth.objects.create(
        contract=made.contract, month=month.first, state=ContractMonth.State.ACCEPTED, accepted_minutes=60,
        accepted_at=timezone.now(), snapshot=snapshot, snapshot_sha256="0" * 64,
    )  # fmt: skip


def _adjustment(made: Any, month: Month, held: Any) -> Adjustment:
    line = AcceptedLine.objects.create(
        contract=made.contract, decision=made.decision, month=month.first, visit_id=held.pk, date=held.date,
        start=held.start, worker=made.worker.code, minutes=60, adjusted_minutes=-10,
    )  # fmt: skip
    return Adjustment.objects.create(
        line=line, minutes=-10, reason="shorter", words=f"krócej {made.mark}",
        carried_in=month.next().next().first,
    )  # fmt: skip
