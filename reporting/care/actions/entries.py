"""What a decision says, and all that is wrong with it, told at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Contract
from kernel.errors import DomainError, Problem
from reporting.care.models import Decision
from reporting.care.rules import Slot, clashes

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DecisionEntry:
    """What a decision says. `minutes` is None where the plan of visits is the amount."""

    number: str
    contract: Contract
    issued_on: date
    valid_from: date
    valid_to: date
    amount_per: str
    minutes: int | None
    activities: tuple[str, ...]
    two_workers: bool = False
    slots: tuple[Slot, ...] = field(default=())


def printed(day: date) -> str:
    """A day as the sentences of refusals write it."""
    return f"{day:%d.%m.%Y}"


def require_sound(decision: Decision, entry: DecisionEntry, *known: Problem) -> None:
    """Refuse an entry with everything that is wrong with it; the decision says what the entry says by now.

    `known` are problems found before; with them the days are not compared with those of other decisions.
    """
    problems = [*known, *_problems_in(entry), *_number_taken(decision)]
    if not known:
        problems += overlaps(decision)
    if problems:
        first = problems[0]
        raise DomainError(first.code, first.message, field=first.field, problems=problems)


def _problems_in(entry: DecisionEntry) -> Iterator[Problem]:
    contract = entry.contract
    if entry.valid_to < entry.valid_from:
        sentence = _(
            "The decision ends on %(last)s, before it begins on %(first)s: correct one of the dates."
        )
        days = {"first": printed(entry.valid_from), "last": printed(entry.valid_to)}
        yield Problem("ends_before_it_begins", sentence % days, "valid_to", str(entry.valid_to))
    elif entry.valid_to < contract.valid_from or entry.valid_from > contract.valid_to:
        sentence = _(
            "Contract %(number)s holds from %(first)s to %(last)s, at no time of the decision. Choose another."
        )
        days = {"first": printed(contract.valid_from), "last": printed(contract.valid_to)}
        told = sentence % {"number": contract.number, **days}
        yield Problem("outside_contract", told, "contract", contract.number)
    if not entry.activities:
        sentence = _("Choose at least one activity: the decision must say its scope.")
        yield Problem("scope_missing", sentence, "activities")
    if entry.amount_per == Decision.AmountPer.PLAN and not entry.slots:
        sentence = _(
            "The amount is the plan of visits, and the plan is empty. Add visits or choose another amount."
        )
        yield Problem("plan_missing", sentence, "amount_per")
    yield from clash_in_plan(entry.slots, two_workers=entry.two_workers)


def clash_in_plan(slots: Sequence[Slot], *, two_workers: bool) -> Iterator[Problem]:
    """The first visit of the plan for which no worker is left, if there is any."""
    for clash in clashes(slots, two_workers=two_workers)[:1]:
        earlier, later = f"{slots[clash.earlier].start:%H:%M}", f"{slots[clash.later].start:%H:%M}"
        if two_workers:
            sentence = _(
                "In the plan a third visit begins at %(later)s while two are not over. Shorten one, or move it."
            )
            yield Problem("plan_crowded", sentence % {"later": later})
        else:
            sentence = _(
                "In the plan the visit at %(earlier)s is not over when the one at %(later)s begins. "
                "Shorten one, move it, or allow two workers at once."
            )
            yield Problem("plan_clash", sentence % {"earlier": earlier, "later": later})


def _number_taken(decision: Decision) -> Iterator[Problem]:
    if Decision.objects.filter(number=decision.number).exclude(pk=decision.pk).exists():
        sentence = _("Another decision has the number %(number)s. Check the number.")
        yield Problem("number_taken", sentence % {"number": decision.number}, "number", decision.number)


def overlaps(decision: Decision) -> Iterator[Problem]:
    """The decision that holds on days of this one, for the same person and service."""
    ends_before = min(
        filter(None, (decision.valid_to + ONE_DAY, decision.revoked_from, decision.superseded_from))
    )
    if ends_before <= decision.valid_from:
        return
    others = Decision.objects.filter(person_id=decision.person_id, service_id=decision.service_id)
    other = others.exclude(pk=decision.pk).touching(decision.valid_from, ends_before - ONE_DAY).first()
    if other is None:
        return
    sentence = _(
        "The person has decision %(number)s for this service from %(first)s to %(last)s. Begin after it, or "
        "open it and amend or revoke it."
    )
    days = {"first": printed(other.valid_from), "last": printed(other.ends_before - ONE_DAY)}
    told = sentence % {"number": other.number, **days}
    yield Problem("decisions_overlap", told, "valid_from", str(decision.valid_from))


def refuse_overlap(decision: Decision) -> None:
    """Refuse where another decision holds on days of this one."""
    for problem in overlaps(decision):
        raise DomainError(problem.code, problem.message, field=problem.field, value=problem.value)
