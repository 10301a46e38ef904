"""What is past its term, and why the rest is not: asked of all apps in a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kernel.clearing import Keeper
from reporting.care.keeping import MatterKind
from reporting.retention.models import Clearance, ClearanceLine, Hold, RecordKind, RetentionClass
from reporting.retention.rules import Closed, Judged, Term, judge

# What one protocol holds: a clearance is one transaction. The next proposal holds the next.
MOST_SUBJECTS = 100
_SEVERAL = "; "
_LABELS = dict([*MatterKind.choices, *RecordKind.choices])


@dataclass(frozen=True)
class Assessed:
    """What is found of one subject: past the term from a day, or kept, with why."""

    judged: Judged
    kept: tuple[str, ...]

    def is_past(self, today: date) -> bool:
        """Whether nothing keeps the subject any more."""
        return not self.kept and self.judged.past_from is not None and self.judged.past_from <= today

    def why(self, today: date) -> str:
        """Why the subject is kept, in sentences of the active language; empty where nothing keeps them."""
        told = list(self.kept)
        past_from = self.judged.past_from
        if not told and past_from is not None and past_from > today:
            told = [_("the term runs until %(day)s") % {"day": f"{past_from:%d.%m.%Y}"}]
        return _SEVERAL.join(told)[:500]

    @property
    def classes(self) -> str:
        """The classes by which the subject is past the term; that of crisis intervention is told to its team only."""
        told = {label for kind, label in self.judged.labels if kind != MatterKind.CRISIS}
        return ", ".join(sorted(told))[:300]


def terms_by_kind() -> dict[str, list[Term]]:
    """All classes of the tenant by kind; one query."""
    terms: dict[str, list[Term]] = defaultdict(list)
    for row in RetentionClass.objects.all():
        terms[row.kind].append(row.term)
    return dict(terms)


def assess(
    keeper: Keeper, subjects: Collection[str], today: date, terms: dict[str, list[Term]]
) -> dict[str, Assessed]:
    """What keeps each of these subjects; as many queries for one as for all."""
    closed: dict[str, list[Closed]] = {one: [] for one in subjects}
    kept: dict[str, list[str]] = {one: [] for one in subjects}
    for matter in keeper.matters(subjects, today):
        if matter.closed_on is None:
            kept[matter.subject].append(str(matter.why))
        else:
            closed[matter.subject].append(Closed(matter.kind, matter.closed_on))
    for hold in Hold.objects.filter(kind=keeper.kind, lifted_at__isnull=True):
        if hold.key in kept:
            kept[hold.key].append(told_hold(hold))
    return {one: _assessed(judge(closed[one], terms), kept[one]) for one in subjects}


def told_hold(hold: Hold) -> str:
    """A hold in words: the kind of case and its reference."""
    reason = str(hold.get_reason_display())
    return f"{reason} ({hold.reference})" if hold.reference else reason


def _assessed(judged: Judged, kept: list[str]) -> Assessed:
    # Which services somebody was given is not told here: only that something is kept by them.
    if judged.unknown:
        kept.append(_("a matter has no class of retention: %(kinds)s") % {"kinds": _named(judged.unknown)})
    if judged.for_ever:
        kept.append(_("kept for ever (category A): %(kinds)s") % {"kinds": _named(judged.for_ever)})
    return Assessed(judged, tuple(dict.fromkeys(kept)))


def _named(kinds: Collection[str]) -> str:
    # Crisis intervention is told to its team only.
    told = {_("another matter") if kind == MatterKind.CRISIS else str(_LABELS[kind]) for kind in kinds}
    return ", ".join(sorted(told))


def past_their_term(keeper: Keeper, today: date) -> list[tuple[str, Assessed]]:
    """Subjects that nothing keeps any more, at most MOST_SUBJECTS, the longest past first; in constant queries.

    Without any class nothing is past a term that nobody has set.
    """
    terms = {kind: rows for kind, rows in terms_by_kind().items() if kind in keeper.classes}
    shortest = min((term.years for rows in terms.values() for term in rows if term.years), default=None)
    if shortest is None:
        return []
    subjects = keeper.closed_before(date(today.year - shortest, 1, 1))
    if keeper.by_worker:
        # Carried out, and a worker is still to come.
        waiting = Clearance.objects.unfinished().filter(kind=keeper.kind)
        done = ClearanceLine.objects.filter(clearance__in=waiting, state=ClearanceLine.State.DONE)
        over = {*done.values_list("subject", flat=True)}
        subjects = [one for one in subjects if one not in over]
    found = assess(keeper, subjects, today, terms)
    past = [(key, one) for key, one in found.items() if one.is_past(today)]
    past.sort(key=lambda row: (row[1].judged.past_from or today, row[0]))
    return past[:MOST_SUBJECTS]
