"""Who is past their term, and why others are not: asked of all apps in a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from reporting.care.keeping import MatterKind, matters_of
from reporting.care.models import Decision, Person
from reporting.retention.models import Hold, RetentionClass
from reporting.retention.rules import Closed, Judged, Term, judge

# What one protocol holds: a clearance is one transaction. The next proposal holds the next.
MOST_PERSONS = 100
_SEVERAL = "; "


@dataclass(frozen=True)
class Assessed:
    """What is found of one person: past the term from a day, or kept, with why."""

    judged: Judged
    kept: tuple[str, ...]

    def is_past(self, today: date) -> bool:
        """Whether nothing keeps the person any more."""
        return not self.kept and self.judged.past_from is not None and self.judged.past_from <= today

    def why(self, today: date) -> str:
        """Why the person is kept, in sentences of the active language; empty where nothing keeps them."""
        told = list(self.kept)
        past_from = self.judged.past_from
        if not told and past_from is not None and past_from > today:
            told = [_("the term runs until %(day)s") % {"day": f"{past_from:%d.%m.%Y}"}]
        return _SEVERAL.join(told)[:500]

    @property
    def classes(self) -> str:
        """The classes by which the person is past the term; that of crisis intervention is told to its team only."""
        told = {label for kind, label in self.judged.labels if kind != MatterKind.CRISIS}
        return ", ".join(sorted(told))[:300]


def terms_by_kind() -> dict[str, list[Term]]:
    """All classes of the tenant by kind; one query."""
    terms: dict[str, list[Term]] = defaultdict(list)
    for row in RetentionClass.objects.all():
        terms[row.kind].append(row.term)
    return dict(terms)


def assess(persons: Collection[UUID], today: date, terms: dict[str, list[Term]]) -> dict[UUID, Assessed]:
    """What keeps each of these persons; as many queries for one as for all."""
    closed: dict[UUID, list[Closed]] = {pk: [] for pk in persons}
    kept: dict[UUID, list[str]] = {pk: [] for pk in persons}
    for matter in matters_of(persons, today):
        if matter.closed_on is None:
            kept[matter.person].append(str(matter.why))
        else:
            closed[matter.person].append(Closed(matter.kind, matter.closed_on))
    for hold in Hold.objects.filter(person__in=list(persons), lifted_at__isnull=True):
        kept[hold.person_id].append(told_hold(hold))
    return {pk: _assessed(judge(closed[pk], terms), kept[pk]) for pk in persons}


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
    told = {
        _("another matter") if kind == MatterKind.CRISIS else str(MatterKind(kind).label) for kind in kinds
    }
    return ", ".join(sorted(told))


def past_their_term(today: date) -> list[tuple[UUID, Assessed]]:
    """Persons whom nothing keeps any more, at most MOST_PERSONS, the longest past first; a constant number of queries.

    Without any class nobody is past a term that nobody has set.
    """
    terms = terms_by_kind()
    shortest = min((term.years for rows in terms.values() for term in rows if term.years), default=None)
    if shortest is None:
        return []
    persons = _candidates(date(today.year - shortest, 1, 1))
    found = assess(list(persons.values_list("pk", flat=True)), today, terms)
    past = [(pk, one) for pk, one in found.items() if one.is_past(today)]
    past.sort(key=lambda row: (row[1].judged.past_from or today, row[0]))
    return past[:MOST_PERSONS]


def _candidates(before: date) -> Any:
    """Persons no decision of whom reaches the day, entered before it: the sieve of the database before the rules."""
    later = Decision.objects.filter(person=OuterRef("pk"), ends_before__gt=before)
    any_decision = Decision.objects.filter(person=OuterRef("pk"))
    entered = Q(created_at__date__lt=before) | Exists(any_decision)
    held = Hold.objects.filter(person=OuterRef("pk"), lifted_at__isnull=True)
    return Person.objects.known().filter(~Exists(later), ~Exists(held), entered).order_by("pk")
