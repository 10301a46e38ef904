"""Carers whose work has ended, by which contracts they are kept; and how long contracts keep offers."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from uuid import UUID

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat, Now, Right
from django.utils.translation import gettext_lazy as _

from audit.actions import erase_payloads
from contracting.contracts.hooks import workers_kept
from contracting.contracts.models import Contract, ContractDraft, NamedStaff, Worker
from kernel.anonymity import ANONYMISED
from kernel.clearing import Keeper, Matter

_CODE_DIGITS = 12


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


def clear_drafts(calls: Collection[UUID]) -> None:
    """Names of the staff that an offer named leave the draft of its contract; functions and qualifications stay."""
    drafts = list(ContractDraft.objects.filter(award__offer__call__in=list(calls)).exclude(staff=[]))
    for draft in drafts:
        draft.staff = [{**row, "name": ANONYMISED} for row in draft.staff]
    ContractDraft.objects.bulk_update(drafts, ["staff"], batch_size=100)


class Carers(Keeper):
    """Carers and advisers of organisations whose work has ended; subjects are ids of workers."""

    kind = "carer"
    classes = ("carer",)
    subject_type = "worker"
    personal = True

    def closed_before(self, day: date) -> Sequence[str]:
        """Workers whose work ended before the day, the longest ago first; one query."""
        rows = Worker.objects.known().filter(active=False, ended_on__lt=day).order_by("ended_on", "pk")
        return [str(pk) for pk in rows.values_list("pk", flat=True)]

    def matters(self, subjects: Collection[str], today: date) -> Iterator[Matter]:
        """Their work, the contracts that named them, and what apps above need their name for."""
        workers = [UUID(one) for one in subjects]
        rows = Worker.objects.known().filter(pk__in=workers).order_by("pk")
        for pk, ended_on in rows.values_list("pk", "ended_on"):
            yield Matter(str(pk), self.kind, ended_on, "" if ended_on else _("they work still"))
        named = NamedStaff.objects.filter(worker__in=workers).order_by("pk")
        for pk, number, ends in named.values_list("worker", "contract__number", "contract__valid_to"):
            why = _("contract %(number)s, which named them, runs until %(day)s")
            told = "" if ends < today else why % {"number": number, "day": f"{ends:%d.%m.%Y}"}
            yield Matter(str(pk), self.kind, ends if ends < today else None, told)
        matters: list[Matter] = []
        workers_kept.fire(workers=workers, today=today, matters=matters)
        yield from matters

    def hold(self, subjects: Collection[str]) -> list[str]:
        """Those who are not anonymised, held."""
        rows = Worker.objects.known().filter(pk__in=subjects).order_by("pk").select_for_update()
        return [str(pk) for pk in rows.values_list("pk", flat=True)]

    def names(self, subjects: Collection[str]) -> dict[str, str]:
        """Surname, given name and code."""
        rows = Worker.objects.filter(pk__in=subjects).only("surname", "given_name", "code")
        return {str(row.pk): f"{row} {row.code}" for row in rows}

    def take_off(self, subjects: Collection[str]) -> set[str]:
        """Name, code and account go; qualifications, visits and what named staff was promised stay."""
        code = Concat(Value("X-"), Right(Cast("pk", CharField()), _CODE_DIGITS))
        Worker.objects.filter(pk__in=subjects).update(
            code=code, surname=ANONYMISED, given_name="", user_id=None, anonymised_at=Now()
        )
        return set()

    def erase(self, subjects: Collection[str]) -> None:
        """What entries of the record said of them."""
        erase_payloads("worker", [UUID(one) for one in subjects])
