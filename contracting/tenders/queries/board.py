"""What the public reads of calls: nothing of offers before the opening but receipts after the deadline, no persons."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Prefetch

from contracting.tenders.models import (
    Amendment,
    Award,
    Call,
    Criterion,
    Lot,
    Publication,
    Question,
    ResultsChange,
    SealedOffer,
)
from contracting.tenders.queries.reserves import ShownChange, changes_in

# Awards that the public reads of: those that hold and those that were given up; the reserve list is not published.
_TOLD = (Award.Outcome.GRANTED, Award.Outcome.GIVEN_UP)


class Phase(StrEnum):
    """Where a call stands for the public."""

    OPEN = "open"
    CLOSED = "closed"
    DECIDED = "decided"
    ANNULLED = "annulled"


def phase_of(call: Call, now: datetime) -> Phase:
    """The phase of an announced call at a moment."""
    if call.state in (Call.State.DECIDED, Call.State.ANNULLED):
        return Phase(call.state)
    return Phase.OPEN if call.takes_offers(now) else Phase.CLOSED


def in_phase(calls: Any, phase: Phase, now: datetime) -> Any:
    """Of these calls, those in the phase; the same as `phase_of`, in SQL."""
    if phase in (Phase.DECIDED, Phase.ANNULLED):
        return calls.filter(state=str(phase))
    running = calls.filter(state__in=[Call.State.PUBLISHED, Call.State.OPENED])
    is_open = {"state": Call.State.PUBLISHED, "closed_at__isnull": True, "deadline__gt": now}
    return running.filter(**is_open) if phase is Phase.OPEN else running.exclude(**is_open)


@dataclass(frozen=True)
class PublicCall:
    """A call with everything that the public may read of it."""

    call: Call
    phase: Phase
    lots: list[Lot]
    criteria: list[Criterion]
    amendments: list[Amendment]
    publications: list[Publication]
    questions: list[Question]
    receipts: list[SealedOffer] = field(default_factory=list)
    results: list[Award] = field(default_factory=list)
    # Grants that their bidders gave up after the results were published, and every change of the results.
    given_up: list[Award] = field(default_factory=list)
    changes: list[ShownChange] = field(default_factory=list)

    @property
    def first_results(self) -> list[Award]:
        """What was granted when the results were first published."""
        return [award for award in [*self.results, *self.given_up] if award.granted_in_id is None]

    @property
    def changed_at(self) -> datetime:
        """When anything of it last changed."""
        call = self.call
        moments = [call.changed_at, call.closed_at, call.opened_at, call.decided_at, call.annulled_at]
        moments += [amendment.published_at for amendment in self.amendments]
        moments += [publication.recorded_at for publication in self.publications]
        moments += [question.answered_at for question in self.questions]
        moments += [one.change.published_at for one in self.changes]
        return max(moment for moment in moments if moment is not None)

    @property
    def facts(self) -> list[Any]:
        """What tells one state of its page from another."""
        return [
            self.call.pk,
            self.phase,
            self.changed_at,
            [(row.pk, row.posted_on, row.url, row.note) for row in self.publications],
            [(row.receipt, row.state) for row in self.receipts],
            [(row.pk, row.amount) for row in self.results],
            [one.change.pk for one in self.changes],
        ]


def public_calls() -> Any:
    """Calls that the public may read, newest first."""
    return Call.objects.real().announced().select_related("service").order_by("-published_at", "pk")


def read_public(call: Call, *, now: datetime) -> PublicCall:
    """Everything public of one call; at most nine queries."""
    return _as_public([call], now)[0]


def read_all_public(calls: Iterable[Call], *, now: datetime) -> list[PublicCall]:
    """The same for many calls; as many queries as for one."""
    return _as_public(list(calls), now)


def _by_call(rows: Iterable[Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in rows:
        found.setdefault(row.call_id, []).append(row)
    return found


def _as_public(calls: list[Call], now: datetime) -> list[PublicCall]:
    ids = [call.pk for call in calls]
    # Receipts tell how many offers there are: public after the deadline only, when the call is closed for good.
    closed = [call.pk for call in calls if call.closed_at is not None]
    decided = [call.pk for call in calls if call.state == Call.State.DECIDED]
    publications = Publication.objects.filter(call__in=ids, planned=False).select_related(
        "amendment", "results_change"
    )
    amendments = _by_call(
        Amendment.objects.filter(call__in=ids).prefetch_related(
            Prefetch("publications", Publication.objects.filter(planned=False))
        )
    )
    lots = _by_call(Lot.objects.filter(call__in=ids))
    criteria = _by_call(Criterion.objects.filter(call__in=ids))
    posted = _by_call(publications)
    questions = _by_call(Question.objects.filter(call__in=ids, answered_at__isnull=False))
    receipts: dict[Any, list[SealedOffer]] = {}
    if closed:
        for row in (
            SealedOffer.objects.filter(offer__call__in=closed)
            .select_related("offer")
            .only("receipt", "submitted_at", "sha256", "state", "offer__call_id")
            .order_by("receipt")
        ):
            receipts.setdefault(row.offer.call_id, []).append(row)
    awards: dict[Any, list[Award]] = {}
    changes: dict[Any, list[ResultsChange]] = {}
    if decided:
        for award in (
            Award.objects.filter(lot__call__in=decided, decision__in=_TOLD, amount__isnull=False)
            .select_related("lot", "offer__organisation", "offer__opened")
            .prefetch_related("offer__partners__organisation")
            .defer("offer__opened__content")
            .order_by("lot__position", "rank")
        ):
            awards.setdefault(award.lot.call_id, []).append(award)
        changes = _by_call(ResultsChange.objects.filter(call__in=decided))
    return [
        PublicCall(
            call,
            phase_of(call, now),
            lots.get(call.pk, []),
            criteria.get(call.pk, []),
            amendments.get(call.pk, []),
            posted.get(call.pk, []),
            questions.get(call.pk, []),
            receipts.get(call.pk, []),
            [award for award in awards.get(call.pk, []) if award.decision == Award.Outcome.GRANTED],
            [award for award in awards.get(call.pk, []) if award.decision == Award.Outcome.GIVEN_UP],
            [one for one in changes_in(awards.get(call.pk, []), changes.get(call.pk, [])) if one.is_public],
        )
        for call in calls
    ]
