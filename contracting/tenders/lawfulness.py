"""Whether a published call was announced as the law asks: three places with proof, and the term after the last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracting.commissioning.law import Limit, limits_on, rows_by_code
from contracting.commissioning.rules.limits import in_force
from contracting.tenders.models import Amendment, Call, Publication, ResultsChange
from contracting.tenders.rules.announcing import OPEN_CALLS
from contracting.tenders.rules.terms import earliest_deadline, is_short, last_publication
from kernel.errors import DomainError, Problem, Sentence
from kernel.periods import local_date
from ui.formatting import format_date_text, format_instant_text

# In the order of art. 13(3); how many of them are needed is a limit of the law.
PLACES = (Publication.Place.BIP, Publication.Place.BOARD, Publication.Place.WWW)
# A change of the results that grants money is published as the results were; a bidder's step back is told on the board.
_GRANTED = ResultsChange.Kind.GRANTED


def grace() -> timedelta:
    """How much before midnight a deadline may stand and still count as the end of the day."""
    return timedelta(seconds=settings.CALL_TERM_GRACE_SECONDS)


@dataclass(frozen=True)
class Missing:
    """A place whose proof is not there: of the announcement, an amendment, the results or their change."""

    place: Publication.Place
    subject: Publication.Subject
    amendment: int | None = None
    planned_on: date | None = None
    results_change: int | None = None

    @property
    def sentence(self) -> Sentence:
        """What is missing, and what to do."""
        what = {
            Publication.Subject.ANNOUNCEMENT: _("the announcement"),
            Publication.Subject.AMENDMENT: _("amendment %(number)s") % {"number": self.amendment},
            Publication.Subject.RESULTS: _("the results")
            if self.results_change is None
            else _("change %(number)s of the results") % {"number": self.results_change},
            Publication.Subject.ANNULMENT: _("the annulment"),
        }[self.subject]
        return _(
            "%(place)s: there is no proof that %(what)s was published there. Record the day and the proof."
        ) % {
            "place": capfirst(self.place.label),
            "what": what,
        }


@dataclass(frozen=True)
class Lawfulness:
    """What the proofs of publication come to. `earliest` is the first lawful deadline after the last publication."""

    missing: tuple[Missing, ...] = ()
    last_on: date | None = None
    earliest: datetime | None = None
    days: Limit | None = None
    is_short: bool = False

    @property
    def is_lawful(self) -> bool:
        return not self.missing and not self.is_short

    @property
    def short_sentence(self) -> Sentence:
        """Why the term is short, and the remedy."""
        if not self.is_short or self.earliest is None or self.days is None:
            return ""
        return _(
            "The last publication is of %(last)s, so the earliest lawful deadline is %(earliest)s "
            "(%(days)s full days, %(article)s). Move the deadline by an amendment before it passes, or annul the call."
        ) % {
            "last": format_date_text(self.last_on),
            "earliest": format_instant_text(self.earliest),
            "days": self.days.whole,
            "article": self.days.article,
        }

    @property
    def sentences(self) -> list[Sentence]:
        short = [self.short_sentence] if self.is_short else []
        return [*(one.sentence for one in self.missing), *short]


def lawfulness_of(call: Call) -> Lawfulness:
    """The state of the call's publications; four queries. Calls that are no open calls of art. 13 are lawful."""
    if call.kind not in OPEN_CALLS or call.published_at is None:
        return Lawfulness()
    rows = list(Publication.objects.filter(call=call).select_related("amendment", "results_change"))
    numbers = list(call.amendments.values_list("number", flat=True))
    changes = list(call.results_changes.filter(kind=_GRANTED).values_list("number", flat=True))
    return weigh_publications(call, rows, numbers, changes, limits_on(local_date(call.published_at)))


def lawfulness_by_call(calls: Iterable[Call]) -> dict[UUID, Lawfulness]:
    """The same for many calls, by their ids; four queries, whatever their number."""
    announced = [call for call in calls if call.kind in OPEN_CALLS and call.published_at is not None]
    if not announced:
        return {}
    rows = list(Publication.objects.filter(call__in=announced).select_related("amendment", "results_change"))
    numbers = list(Amendment.objects.filter(call__in=announced).values_list("call_id", "number"))
    changes = list(
        ResultsChange.objects.filter(call__in=announced, kind=_GRANTED).values_list("call_id", "number")
    )
    known = rows_by_code()
    found = {}
    for call in announced:
        day = local_date(call.published_at) if call.published_at else date.min
        limits = {code: row for code, own in known.items() if (row := in_force(own, day))}
        found[call.pk] = weigh_publications(
            call,
            [row for row in rows if row.call_id == call.pk],
            [number for call_id, number in numbers if call_id == call.pk],
            [number for call_id, number in changes if call_id == call.pk],
            limits,
        )
    return found


def weigh_publications(
    call: Call,
    rows: Iterable[Publication],
    amendments: Iterable[int],
    results_changes: Iterable[int],
    limits: dict[str, Limit],
) -> Lawfulness:
    """The same from rows at hand, for lists of calls; `results_changes` are the numbers of those that grant."""
    needed = PLACES[: limits["publication_places"].whole]
    found = {(row.subject, _number_of(row), row.place): row for row in rows}
    subjects: list[tuple[Publication.Subject, int | None]] = [(Publication.Subject.ANNOUNCEMENT, None)]
    subjects += [(Publication.Subject.AMENDMENT, number) for number in amendments]
    if call.decided_at is not None:
        subjects.append((Publication.Subject.RESULTS, None))
        subjects += [(Publication.Subject.RESULTS, number) for number in results_changes]
    if call.annulled_at is not None:
        subjects.append((Publication.Subject.ANNULMENT, None))
    missing = []
    for subject, number in subjects:
        for place in needed:
            row = found.get((subject, number, place))
            if row is None or row.planned:
                missing.append(_missing(place, subject, number, row.posted_on if row else None))
    announced = [row for row in found.values() if _begins_a_term(row)]
    last = last_publication(row.posted_on for row in announced if row.place in needed)
    days = limits["call_days_min"]
    if last is None or call.deadline is None:
        return Lawfulness(tuple(missing), last, None, days)
    return Lawfulness(
        tuple(missing),
        last,
        earliest_deadline(last, days.whole, grace=grace()),
        days,
        is_short(call.deadline, last, days.whole, grace=grace()),
    )


def _begins_a_term(row: Publication) -> bool:
    """Whether the time for offers counts from it: what announced the call, or parts added to it."""
    added = row.amendment is not None and row.amendment.adds_parts
    return row.subject == Publication.Subject.ANNOUNCEMENT or added


def _number_of(row: Publication) -> int | None:
    of = row.amendment or row.results_change
    return of.number if of else None


def _missing(
    place: Publication.Place, subject: Publication.Subject, number: int | None, planned_on: date | None
) -> Missing:
    if subject == Publication.Subject.RESULTS:
        return Missing(place, subject, None, planned_on, results_change=number)
    return Missing(place, subject, number, planned_on)


def require_lawful(call: Call) -> None:
    """Refuse to go on with a call that was not announced as the law asks.

    Raises DomainError `not_lawful` with one problem for each thing that is missing.
    """
    state = lawfulness_of(call)
    if not state.is_lawful:
        raise DomainError(
            "not_lawful",
            gettext_lazy("The call is not announced as the law asks; first put right what is listed."),
            problems=[Problem("not_lawful", sentence) for sentence in state.sentences],
        )
