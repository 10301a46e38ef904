"""What months tell of persons, which months keep a person back, and how notes are taken off frozen comparisons."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import DateField, Exists, F, OuterRef
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from contracting.contracts.hooks import workers_kept
from contracting.tenders.hooks import calls_kept
from kernel.anonymity import ANONYMISED, tells
from kernel.clearing import Matter as Subject
from reporting.care.hooks import Matter, matters_of_persons, persons_anonymised
from reporting.care.keeping import MatterKind
from reporting.care.models import Decision
from reporting.compliance.models import ContractMonth, Resolution, ReturnedLine
from reporting.compliance.snapshots import digest_of
from reporting.delivery.models import Visit


def _add_matters(persons: Collection[UUID], today: date, matters: list[Matter]) -> None:
    """Months not settled, or never handed in, hold the persons of whom they tell; three queries.

    That is whose decisions touch them, and whose have a visit or an answered deviation in them: a frozen month holds
    the note of the answer, under a hash by which its settlement knows it.
    """
    rows = (
        ContractMonth.objects.exclude(state=ContractMonth.State.SETTLED)
        .filter(
            contract__decisions__person__in=list(persons), contract__decisions__ends_before__gt=F("month")
        )
        .annotate(
            who=F("contract__decisions__person"),
            begins=TruncMonth("contract__decisions__valid_from", output_field=DateField()),
        )
        .filter(begins__lte=F("month"))
    )
    waiting = {*rows.order_by().values_list("who", "contract__number", "month").distinct()}
    settled = ContractMonth.objects.filter(
        contract=OuterRef("decision__contract"),
        month=OuterRef("of_month"),
        state=ContractMonth.State.SETTLED,
    )
    visits = Visit.objects.filter(decision__person__in=list(persons)).annotate(
        of_month=TruncMonth("date", output_field=DateField())
    )
    left = visits.filter(~Exists(settled)).order_by()
    waiting |= {*left.values_list("decision__person", "decision__contract__number", "of_month").distinct()}
    unsettled = ContractMonth.objects.filter(contract=OuterRef("contract"), month=OuterRef("month"))
    answered = Resolution.objects.filter(
        Exists(unsettled.exclude(state=ContractMonth.State.SETTLED)), decision__person__in=list(persons)
    )
    waiting |= {*answered.values_list("decision__person", "contract__number", "month").distinct()}
    for person, number, month in sorted(waiting, key=lambda one: (one[2], one[1])):
        matters.append(Matter(person, MatterKind.CARE, None, _unsettled(month, number)))


def _keep_calls(calls: Collection[UUID], today: date, matters: list[Subject]) -> None:
    """Offers are kept while a month of a contract made from them is not settled; one query."""
    rows = ContractMonth.objects.exclude(state=ContractMonth.State.SETTLED).filter(
        contract__draft__award__offer__call__in=list(calls)
    )
    told = rows.order_by("month", "contract__number").values_list(
        "contract__draft__award__offer__call", "month", "contract__number"
    )
    for call, month, number in told:
        matters.append(Subject(str(call), "call", None, _unsettled(month, number)))


def _keep_workers(workers: Collection[UUID], today: date, matters: list[Subject]) -> None:
    """Carers are named while a month in which they visited is not settled; one query."""
    settled = ContractMonth.objects.filter(
        contract=OuterRef("decision__contract"),
        month=OuterRef("of_month"),
        state=ContractMonth.State.SETTLED,
    )
    visits = Visit.objects.filter(worker__in=list(workers)).annotate(
        of_month=TruncMonth("date", output_field=DateField())
    )
    left = visits.filter(~Exists(settled)).order_by()
    for worker, number, month in sorted(
        {*left.values_list("worker", "decision__contract__number", "of_month").distinct()},
        key=lambda one: (one[2], one[1]),
    ):
        matters.append(Subject(str(worker), "carer", None, _unsettled(month, number)))


def _unsettled(month: date, number: str) -> str:
    sentence = _("month %(month)s of contract %(number)s is not settled")
    return sentence % {"month": f"{month:%m.%Y}", "number": number}


def _take_off(persons: Collection[UUID]) -> None:
    """Take notes on these persons' decisions off frozen months; figures stay, and the hash is made anew over them."""
    decisions = dict(Decision.objects.filter(person__in=list(persons)).values_list("pk", "contract_id"))
    of_theirs = {str(pk) for pk in decisions}
    rows = ContractMonth.objects.filter(contract_id__in={*decisions.values()}, snapshot__isnull=False)
    changed = []
    for row in rows.select_for_update().order_by("pk"):
        numbers = {
            one["number"] for one in row.snapshot.get("identities", ()) if one["decision"] in of_theirs
        }
        noted = [one for one in row.snapshot["resolutions"] if one["decision"] in numbers and one["note"]]
        for one in noted:
            one["note"] = ANONYMISED
        if noted:
            row.snapshot_sha256 = digest_of(row.snapshot)
            changed.append(row)
    ContractMonth.objects.bulk_update(changed, ["snapshot", "snapshot_sha256"], batch_size=100)


def tell_keeping() -> None:
    """Say what the tables of months tell of persons."""
    tells(Resolution, "decision__person", replaced=["note"], kept=["code", "subject", "made_by_name"])
    tells(ReturnedLine, "decision__person", replaced=["note", "answer"], kept=["visits_sha256"])
    matters_of_persons.subscribe(_add_matters)
    calls_kept.subscribe(_keep_calls)
    workers_kept.subscribe(_keep_workers)
    persons_anonymised.subscribe(_take_off)
