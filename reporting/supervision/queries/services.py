"""Contracts at work in a month, and what of advice and crisis intervention a month of one shows (L-47)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils import timezone

from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.advice.models import Appointment
from reporting.advice.models.wording import Kind
from reporting.advice.queries import advice_counts, kinds_of
from reporting.compliance.models import ContractMonth
from reporting.compliance.queries.kinds import decided_in, undecided, without_close
from reporting.crisis.models import CrisisCase, CrisisDocument, Debriefing, Session
from reporting.crisis.queries.duty import read_roster
from reporting.supervision.models import Dossier
from ui.formatting import percent_of


@dataclass(frozen=True, slots=True)
class Volume:
    """Minutes that a contract orders in a `year` (0: in all) and those given of them until the month's end."""

    year: int
    ordered: int
    given: int

    @property
    def percent(self) -> Decimal | None:
        return percent_of(self.given, self.ordered)


@dataclass(frozen=True, slots=True)
class AdviceLine:
    """Advice of one type in a month: how often it was held, in-depth of it, minutes, and how often nobody came."""

    kind: str
    held: int
    in_depth: int
    minutes: int
    no_show: int

    @property
    def words(self) -> str:
        """Legal, psychological, …"""
        return str(Kind(self.kind).label)


@dataclass(frozen=True, slots=True)
class AdviceMonth:
    """Advice of a contract in a month, by type; `persons` are named or aliases, `anonymous` counts conversations."""

    lines: Sequence[AdviceLine]
    persons: int
    anonymous: int
    volume: Volume | None

    @property
    def held(self) -> int:
        return sum(line.held for line in self.lines)

    @property
    def in_depth(self) -> int:
        return sum(line.in_depth for line in self.lines)

    @property
    def minutes(self) -> int:
        return sum(line.minutes for line in self.lines)

    @property
    def no_show(self) -> int:
        return sum(line.no_show for line in self.lines)

    @property
    def no_show_percent(self) -> Decimal | None:
        """Of all that ought to have taken place."""
        return percent_of(self.no_show, self.no_show + self.held)


@dataclass(frozen=True, slots=True)
class CrisisMonth:
    """Crisis intervention of a contract in a month: cases, sessions, documents of the cases opened, and the roster.

    `cards` and `plans` count cases opened in the month that have a first contact card and a plan of help. Of the
    minutes in which the centre of the organisation `asked` for people, `short` had too few on duty and `empty` nobody.
    """

    opened: int
    closed: int
    going_on: int
    sessions: int
    no_show: int
    minutes: int
    cards: int
    plans: int
    debriefings: int
    debriefings_held: int
    asked: int
    short: int
    empty: int
    volume: Volume | None

    @property
    def covered_percent(self) -> Decimal | None:
        """Of the time asked for, that with as many on duty as were asked for."""
        return percent_of(self.asked - self.short - self.empty, self.asked)


def at_work(access: Any, month: Month) -> Any:
    """Contracts that the person may see with decisions in force in the month, or for advice or crisis intervention."""
    holding = Q(valid_from__lte=month.last, valid_to__gte=month.first)
    return Contract.objects.visible_to(access).filter(decided_in(month) | holding & undecided())


def unreported(month: Month) -> Any:
    """Contracts without a month to close whose report of the month is awaited.

    Nobody has concluded without it, nor accepted the month while decisions were in force in it.
    """
    said = Q(reported_at__isnull=False) | Q(state=Dossier.State.CONCLUDED)
    accepted = ContractMonth.objects.filter(
        state__in=[ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED]
    )
    of_month = {"contract": OuterRef("pk"), "month": month.first}
    return without_close(month).filter(
        ~Exists(Dossier.objects.filter(said, **of_month)), ~Exists(accepted.filter(**of_month))
    )


def advice_of(contract: Contract, month: Month) -> AdviceMonth:
    """The advice of the month; five queries."""
    counts = advice_counts(month.first, month.last, contract_id=contract.pk)
    lines = kinds_of(Appointment.objects.filter(contract=contract).between(month.first, month.last))
    held = Appointment.objects.filter(contract=contract, state=Appointment.State.DONE)
    return AdviceMonth(
        lines=[AdviceLine(kind, *told) for kind, told in lines.items()],
        persons=counts.persons,
        anonymous=counts.anonymous,
        volume=_volume(contract, month, held, "date"),
    )


def crisis_of(contract: Contract, month: Month) -> CrisisMonth:
    """The crisis intervention of the month, of the running one until now; ten queries."""
    start, end = month.bounds()
    cases = CrisisCase.objects.filter(contract=contract).order_by()
    opened = cases.filter(opened_at__gte=start, opened_at__lt=end)
    told = cases.aggregate(
        opened=Count("pk", filter=Q(opened_at__gte=start, opened_at__lt=end)),
        closed=Count("pk", filter=Q(closed_on__gte=month.first, closed_on__lte=month.last)),
        going_on=Count(
            "pk", filter=Q(opened_at__lt=end) & (Q(closed_on__isnull=True) | Q(closed_on__gt=month.last))
        ),
    )
    sessions = Session.objects.filter(case__contract=contract).order_by()
    of_month = sessions.filter(starts_at__gte=start, starts_at__lt=end).aggregate(
        sessions=Count("pk", filter=Q(state=Session.State.DONE)),
        no_show=Count("pk", filter=Q(state=Session.State.NO_SHOW)),
        minutes=Sum("minutes", filter=Q(state=Session.State.DONE), default=0),
    )
    written = CrisisDocument.objects.filter(case__in=opened.values("pk"), version=1).order_by()
    documents = written.aggregate(
        cards=Count("case", distinct=True, filter=Q(kind=CrisisDocument.Kind.FIRST_CONTACT)),
        plans=Count("case", distinct=True, filter=Q(kind=CrisisDocument.Kind.HELP_PLAN)),
    )
    debriefings = Debriefing.objects.filter(
        case__contract=contract, due_on__gte=month.first, due_on__lte=month.last
    ).aggregate(debriefings=Count("pk"), debriefings_held=Count("pk", filter=Q(held_on__isnull=False)))
    roster = read_roster(contract.organisation_id, start, end).coverage(start, min(end, timezone.now()))
    return CrisisMonth(
        **told,
        **of_month,
        **documents,
        **debriefings,
        asked=roster.asked,
        short=roster.short,
        empty=roster.empty,
        volume=_volume(contract, month, sessions.filter(state=Session.State.DONE), "starts_at"),
    )


def _volume(contract: Contract, month: Month, held: Any, when: str) -> Volume | None:
    """What the contract orders in the year of the month, or in all where its years say nothing; None where it does not.

    `held` are the rows whose minutes count, `when` their day or instant.
    """
    year = contract.tranches.filter(year=month.year, minutes__isnull=False)
    ordered = year.values_list("minutes", flat=True).first()
    first = Month(month.year, 1) if ordered else Month.of(contract.valid_from)
    ordered = ordered or contract.cap_minutes
    if not ordered:
        return None
    begins, ends = (first.first, month.last + timedelta(days=1))
    if when == "starts_at":
        begins, ends = first.bounds()[0], month.bounds()[1]
    counted = held.filter(**{f"{when}__gte": begins, f"{when}__lt": ends}).order_by()
    given = counted.aggregate(given=Sum("minutes", default=0))["given"]
    return Volume(month.year if year else 0, ordered, given)
