"""What cards of advice and documents of crisis cases have of what they must have, as the program reads it; no text.

An answer is yes, no, or na where the question does not arise; the inspector may put it right from papers.
"""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.conf import settings as site
from django.db.models import Count, Q
from django.utils import translation
from django.utils.translation import gettext as _

from contracting.commissioning.models import StandardVersion
from reporting.advice.models import Appointment, Referral
from reporting.crisis.casefile import filled_fields
from reporting.crisis.models import CrisisCase, CrisisDocument
from reporting.crisis.queries.cases import counted, with_sessions
from reporting.crisis.queries.terms import all_terms
from reporting.crisis.words import FIELD_WORDS
from reporting.supervision.queries.drawing import Drawable
from reporting.supervision.queries.terms import advice_lines, checks_at_hand, crisis_lines

# Section of the standard, question, answer.
Check = tuple[str, str, str]
_Section, _Document = StandardVersion.Section, CrisisDocument.Kind


def checks_of(drawn: Collection[Drawable]) -> dict[str, list[Check]]:
    """The questions of each drawn thing, by key: what the program has read first, then the tenant's own lines.

    Words are those of the tenant's papers, in their language whoever draws. The same few queries for any number.
    """
    cards = {one.appointment_id for one in drawn if one.appointment_id}
    cases = {one.case_id for one in drawn if one.case_id}
    found: dict[UUID | None, list[Check]] = {}
    with translation.override(site.LANGUAGE_CODE):
        if cards:
            own = _unanswered(advice_lines())
            found |= {pk: [*read, *own] for pk, read in _of_cards(cards)}
        if cases:
            own = _unanswered(crisis_lines())
            found |= {pk: [*read, *own] for pk, read in _of_cases(cases)}
    of_care: list[Check] = []
    if any(one.decision_id for one in drawn):
        of_care = [(section, line, "") for section, line in checks_at_hand()]
    return {
        one.candidate.key: of_care if one.decision_id else found[one.appointment_id or one.case_id]
        for one in drawn
    }


def _unanswered(lines: Collection[str]) -> list[Check]:
    return [("", line, "") for line in lines]


def _told(is_there: bool, *, asked: bool = True) -> str:
    return ("yes" if is_there else "no") if asked else "na"


def _of_cards(cards: Collection[UUID]) -> Iterator[tuple[UUID, list[Check]]]:
    """The fields of the card (S-107, S-109): one query."""
    rows = Appointment.objects.filter(pk__in=cards).annotate(
        sent_on=Count("referrals", distinct=True),
        not_known=Count("referrals", distinct=True, filter=Q(referrals__outcome=Referral.Outcome.OPEN)),
    )
    for row in rows:
        held = row.state == Appointment.State.DONE
        yield (
            row.pk,
            [
                (
                    _Section.MONITORING,
                    _("Card filled in, or noted that the person did not come"),
                    _told(not row.is_open),
                ),
                (
                    _Section.SCOPE,
                    _("General topic of the advice"),
                    _told(bool(row.topic_id or row.topic_words), asked=held),
                ),
                (
                    _Section.MONITORING,
                    _("Time of preparation or documentation"),
                    _told(bool(row.preparation_minutes or row.documentation_minutes), asked=held),
                ),
                (
                    _Section.SCOPE,
                    _("Who went along on the first visit at home"),
                    _told(bool(row.companion), asked=row.first_home_visit),
                ),
                (
                    _Section.MONITORING,
                    _("Outcome of every referral"),
                    _told(not row.not_known, asked=bool(row.sent_on)),
                ),
            ],
        )


def _of_cases(cases: Collection[UUID]) -> Iterator[tuple[UUID, list[Check]]]:
    """Every field of the first contact card and of the plan of help, reasons beyond the limit, debriefings, referrals.

    A case that ended with information or advice needs no plan. Four queries.
    """
    rows = (
        with_sessions(CrisisCase.objects.filter(pk__in=cases))
        .annotate(
            owed=Count("debriefings", distinct=True),
            owing=Count("debriefings", distinct=True, filter=Q(debriefings__held_on__isnull=True)),
            not_known=Count("referrals", distinct=True, filter=Q(referrals__outcome="waiting")),
        )
        .order_by("pk")
    )
    terms, filled = all_terms(), filled_fields(cases)
    for row in rows:
        count = counted(row, terms)
        needs_plan = row.outcome != CrisisCase.Outcome.INFORMED
        yield (
            row.pk,
            [
                *_fields(row, filled, _Document.FIRST_CONTACT, _Section.ADDRESSEES, asked=True),
                *_fields(row, filled, _Document.HELP_PLAN, _Section.SCOPE, asked=needs_plan),
                (
                    _Section.SCOPE,
                    _("A reason or a referral where sessions went beyond the limit"),
                    _told(not count.is_over, asked=count.done > count.limit),
                ),
                (
                    _Section.MONITORING,
                    _("Debriefing held after an intervention in the field"),
                    _told(not row.owing, asked=bool(row.owed)),
                ),
                (
                    _Section.MONITORING,
                    _("Outcome of every referral"),
                    _told(not row.not_known, asked=bool(row.referred)),
                ),
            ],
        )


def _fields(
    row: Any, filled: dict[UUID, dict[str, set[str]]], kind: str, section: str, *, asked: bool
) -> Iterator[Check]:
    written = filled.get(row.pk, {}).get(kind, set())
    name = _Document(kind).label
    for code, words in FIELD_WORDS[kind].items():
        yield section, f"{name}: {words[0]}", _told(code in written, asked=asked)
