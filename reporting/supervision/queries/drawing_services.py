"""What a sample can be drawn from in advice and crisis intervention: cards, cases, and people who may be asked.

Nobody is drawn to be asked whom only an alias or nothing tells, nor against what was agreed with them; how many those
are is counted by reason (codes of Survey.Unasked). Confidential notes are never read here.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Sum
from django.utils import timezone

from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.advice.models import Appointment
from reporting.care.models import Decision, Person
from reporting.crisis.models import CrisisCase, Session
from reporting.supervision.models import Questionnaire, Survey
from reporting.supervision.queries.contact import must_not_be_contacted
from reporting.supervision.queries.drawing import (
    Drawable,
    decisions_of_period,
    decisions_to_draw,
    visits_to_draw,
)
from reporting.supervision.rules.sampling import Candidate, variance_of

_Audience, _Why = Questionnaire.Audience, Survey.Unasked


@dataclass(frozen=True)
class ToAsk:
    """Who can be drawn, by key, and how many cannot be asked, by reason."""

    found: dict[str, Drawable]
    unasked: dict[str, int] = field(default_factory=dict)


def to_ask(contract: Contract, audience: str, first: Month, last: Month) -> ToAsk:
    """Those of the contract in first..last (both inclusive) whom a questionnaire for this audience asks."""
    if audience == _Audience.ADVISED:
        return _advised(contract, first, last)
    if audience == _Audience.CRISIS:
        return _in_crisis(contract, first, last)
    return _in_care(contract, first, last)


def _in_care(contract: Contract, first: Month, last: Month) -> ToAsk:
    """Decisions of whose person no crisis case says not to contact; those others count as without a contact."""
    drawable = decisions_of_period(contract, first, last)
    unsafe = Decision.objects.filter(must_not_be_contacted("person"), contract=contract).order_by()
    against = {str(pk) for pk in unsafe.values_list("pk", flat=True)}
    found = {key: one for key, one in drawable.items() if key not in against}
    without = len(drawable) - len(found)
    return ToAsk(found, {_Why.NO_CONTACT.value: without} if without else {})


def _advised(contract: Contract, first: Month, last: Month) -> ToAsk:
    """Registered persons to whom advice was given and whom something can reach; each stands by their last advice.

    Value: minutes of the person; variance: how far they lie from the mean. Somebody whom a crisis case says not to
    contact counts among those without a contact, so that no number tells of the case. Two queries.
    """
    rows = list(
        Appointment.objects.filter(contract=contract, state=Appointment.State.DONE)
        .between(first.first, last.last)
        .annotate(
            reached=Q(mail_encrypted__isnull=False)
            | Q(phone_encrypted__isnull=False)
            | Q(person__contact_encrypted__isnull=False)
        )
        .order_by("starts_at", "pk")
        .values_list("pk", "person_id", "alias", "adviser__organisation_id", "minutes", "reached")
    )
    minutes: dict[UUID, int] = defaultdict(int)
    newest: dict[UUID, UUID] = {}
    reached: set[UUID] = set()
    aliases: set[tuple[UUID, str]] = set()
    anonymous = 0
    for pk, person, alias, organisation, lasted, is_reached in rows:
        if person is None:
            anonymous += not alias
            aliases |= {(organisation, alias)} if alias else set()
            continue
        minutes[person] += lasted
        newest[person] = pk
        if is_reached:
            reached.add(person)
    unsafe = Person.objects.filter(must_not_be_contacted("pk"), pk__in=reached).order_by()
    asked = reached - set(unsafe.values_list("pk", flat=True))
    mean = _mean([minutes[person] for person in asked])
    found = {
        str(person): Drawable(
            Candidate(str(person), minutes[person], variance_of(mean, minutes[person])),
            appointment_id=newest[person],
        )
        for person in newest
        if person in asked
    }
    why = {
        _Why.ALIAS.value: len(aliases),
        _Why.ANONYMOUS.value: anonymous,
        _Why.NO_CONTACT.value: len(newest) - len(found),
    }
    return ToAsk(found, {code: count for code, count in why.items() if count})


def _in_crisis(contract: Contract, first: Month, last: Month) -> ToAsk:
    """Cases with a first contact or a session in these months whose person agreed to be asked.

    Value: minutes of sessions; variance: how far they lie from the mean. One case a person; where any case of theirs
    says that they must not be contacted, none is drawn. Three queries.
    """
    rows = list(_cases_between(contract, first, last).order_by("opened_at", "pk"))
    states, people = CrisisCase.Asking, CrisisCase.Identity
    others = CrisisCase.objects.filter(person_id__in=[row.person_id for row in rows if row.person_id])
    refusing = others.filter(asking__in=[states.DECLINED, states.UNSAFE]).order_by()
    against = set(refusing.values_list("person_id", flat=True))
    why: Counter[str] = Counter()
    drawn: dict[UUID, Any] = {}
    for row in rows:
        if row.identity == people.ALIAS:
            why[_Why.ALIAS.value] += 1
        elif row.identity == people.ANONYMOUS:
            why[_Why.ANONYMOUS.value] += 1
        elif row.asking != states.AGREED or row.person_id in against:
            why[_Why.NOT_AGREED.value] += 1
        else:
            drawn[row.person_id] = row
    return ToAsk({str(row.pk): one for row, one in _cases(drawn.values())}, dict(why))


def cards_to_check(contract: Contract, month: Month) -> dict[str, Drawable]:
    """Appointments of advice of the month that came up, with a card or still without one, by key; one query.

    Value: minutes; variance: how far they lie from the mean of their type in the month.
    """
    rows = list(
        Appointment.objects.filter(contract=contract, starts_at__lt=timezone.now())
        .standing()
        .between(month.first, month.last)
        .order_by("starts_at", "pk")
        .values_list("pk", "kind", "minutes")
    )
    of_kind: dict[str, list[int]] = defaultdict(list)
    for _pk, kind, minutes in rows:
        of_kind[kind].append(minutes)
    means = {kind: _mean(minutes) for kind, minutes in of_kind.items()}
    return {
        str(pk): Drawable(Candidate(str(pk), minutes, variance_of(means[kind], minutes)), appointment_id=pk)
        for pk, kind, minutes in rows
    }


def cases_to_check(contract: Contract, month: Month) -> dict[str, Drawable]:
    """Crisis cases with a first contact or a session in the month, by key; value and variance as above; one query."""
    rows = list(_cases_between(contract, month, month).order_by("opened_at", "pk"))
    return {str(row.pk): one for row, one in _cases(rows)}


def _cases(rows: Iterable[Any]) -> list[tuple[Any, Drawable]]:
    rows = list(rows)
    mean = _mean([row.session_minutes for row in rows])
    return [
        (
            row,
            Drawable(
                Candidate(str(row.pk), row.session_minutes, variance_of(mean, row.session_minutes)),
                case_id=row.pk,
            ),
        )
        for row in rows
    ]


def _cases_between(contract: Contract, first: Month, last: Month) -> Any:
    """Cases with `session_minutes`, those of sessions held in these months."""
    start, end = first.bounds()[0], last.bounds()[1]
    within = Q(starts_at__gte=start, starts_at__lt=end)
    held = Session.objects.filter(within, case=OuterRef("pk"), state=Session.State.DONE)
    of_case = Q(
        sessions__starts_at__gte=start, sessions__starts_at__lt=end, sessions__state=Session.State.DONE
    )
    return (
        CrisisCase.objects.filter(contract=contract)
        .filter(Q(opened_at__gte=start, opened_at__lt=end) | Exists(held))
        .annotate(session_minutes=Sum("sessions__minutes", filter=of_case, default=0))
    )


def _mean(minutes: Sequence[int]) -> int:
    return sum(minutes) // len(minutes) if minutes else 0


# What an inspection can draw from, by the word of its form.
SAMPLED: dict[str, Callable[[Contract, Month], dict[str, Drawable]]] = {
    "decisions": decisions_to_draw,
    "visits": visits_to_draw,
    "cards": cards_to_check,
    "cases": cases_to_check,
}
