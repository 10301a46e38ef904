"""How long contracts keep the offers that they were made from."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Contract, ContractDraft
from kernel.clearing import Matter


def keep_calls(calls: Collection[UUID], today: date, matters: list[Matter]) -> None:
    """Offers are kept while a contract made from them runs, and their term begins when it is over; two queries."""
    made = Contract.objects.filter(draft__award__offer__call__in=list(calls))
    for call, number, ends in made.values_list("draft__award__offer__call", "number", "valid_to"):
        over = ends < today
        why = _("contract %(number)s, made from the call, runs until %(day)s")
        told = "" if over else why % {"number": number, "day": f"{ends:%d.%m.%Y}"}
        matters.append(Matter(str(call), "call", ends if over else None, told))
    waiting = ContractDraft.objects.filter(award__offer__call__in=list(calls), contract__isnull=True).exclude(
        state=ContractDraft.State.ABANDONED
    )
    for call in sorted({*waiting.values_list("award__offer__call", flat=True)}):
        matters.append(Matter(str(call), "call", None, _("a contract from the call waits for signatures")))
