"""After the results: a bidder steps back, and the organ grants what was freed to the next on the reserve list."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders import hooks
from contracting.tenders.actions.deciding import over_funds, require_impartial
from contracting.tenders.actions.publications import NOBODY, post_on_board
from contracting.tenders.actions.small_grants import problems_of_small_grants
from contracting.tenders.clock import database_now
from contracting.tenders.locking import lock_call
from contracting.tenders.models import Award, Call, Publication, ResultsChange
from contracting.tenders.queries.reserves import out_of_turn
from kernel.access import Actor
from kernel.errors import DomainError, Problem
from kernel.periods import local_date
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from ui.formatting import format_date_text, format_money

_Outcome = Award.Outcome


def results_stamp(call: Call) -> str:
    """The stamp of the call's results as they stand: what each offer is, and for how much."""
    rows = Award.objects.filter(lot__call=call).order_by("pk")
    return stamp_of([[award.pk, award.decision, award.amount] for award in rows])


def give_up_award(
    award: Award, *, happened_on: date, reason: str, seen: str | None = None, actor: Actor
) -> ResultsChange:
    """A bidder gives up its grant, or its place on the reserve list, before any contract is signed.

    The award stays with its amount, marked as given up; a draft of its contract is given up with it. Raises
    DomainError `not_decided`, `nothing_to_give_up`, `contract_signed`, `day_to_come`, `day_too_early`; Conflict where
    the results are no longer as `seen`.
    """
    with transaction.atomic():
        call = _lock_decided(award.lot.call)
        require_unchanged(seen, results_stamp(call))
        locked: Award = Award.objects.select_for_update(of=["self"]).get(pk=award.pk)
        if locked.decision not in (_Outcome.GRANTED, _Outcome.RESERVE):
            raise DomainError(
                "nothing_to_give_up",
                _("Only a grant or a place on the reserve list is given up; this offer has neither."),
            )
        change = _change(call, ResultsChange.Kind.GIVEN_UP, happened_on, reason, actor)
        locked.decision, locked.given_up_in = _Outcome.GIVEN_UP, change
        locked.save(update_fields=["decision", "given_up_in"])
        record(
            "give_up_award",
            actor=actor,
            subject_type="call",
            subject_id=call.pk,
            payload={"change": change.number, "offer": locked.offer_id, "freed": locked.amount},
        )
        hooks.award_given_up.fire(award=locked, reason=change.reason, actor=actor)
    return change


def grant_from_reserve(
    call: Call,
    amounts: Mapping[UUID, Decimal],
    *,
    happened_on: date,
    reason: str,
    seen: str | None = None,
    actor: Actor,
) -> ResultsChange:
    """Grant money that bidders gave up to the next offers of the reserve list: amounts (PLN) by id of the award.

    The changed results are public at once and published like the first. Raises DomainError `not_decided`,
    `task_over`, `nothing_granted`, `day_to_come`, `day_too_early`, or `invalid` with a problem for each award
    (`not_in_reserve`, `nothing_freed`, `amount_wrong`, `out_of_turn`) and for money (`over_funds`, small grants);
    Conflict where the results are no longer as `seen`.
    """
    with transaction.atomic():
        locked = _lock_decided(call)
        require_impartial(locked, actor)
        require_unchanged(seen, results_stamp(locked))
        today = local_date(database_now())
        _require_task_ahead(locked, today)
        awards = list(
            Award.objects.select_for_update(of=["self"])
            .filter(lot__call=locked)
            .select_related("offer__opened", "lot")
            .order_by("pk")
        )
        chosen = [award for award in awards if award.pk in amounts]
        if not chosen or len(chosen) < len(amounts):
            raise DomainError(
                "nothing_granted",
                _("No amount is given: enter one for the first offer of a reserve list."),
            )
        change = _change(locked, ResultsChange.Kind.GRANTED, happened_on, reason, actor)
        problems = [problem for award in chosen for problem in _problems_of(award, amounts[award.pk], awards)]
        problems += _out_of_turn(awards, chosen)
        for award in chosen:
            _grant(award, amounts[award.pk], change, actor)
        of_this_year = [
            one for one in awards if one.decided_at and local_date(one.decided_at).year == today.year
        ]
        problems += [*over_funds(awards), *problems_of_small_grants(locked, of_this_year)]
        if problems:
            raise DomainError("invalid", _("Nothing was saved: correct what is listed."), problems=problems)
        for award in chosen:
            require_valid(award, exclude=["offer", "lot"])
            award.save(update_fields=["decision", "amount", "granted_in", "decided_at", "decided_by"])
        post_on_board(locked, Publication.Subject.RESULTS, results_change=change, actor=actor)
        record(
            "grant_from_reserve",
            actor=actor,
            subject_type="call",
            subject_id=locked.pk,
            payload={
                "change": change.number,
                "granted": {str(award.offer_id): award.amount for award in chosen},
            },
        )
        for award in chosen:
            hooks.awarded.fire(award=award)
    return change


def _lock_decided(call: Call) -> Call:
    locked = lock_call(call)
    if locked.state != Call.State.DECIDED:
        raise DomainError(
            "not_decided",
            _("The results of this call are not published, so there is nothing to change in them."),
            field="state",
            value=locked.state,
        )
    return locked


def _require_task_ahead(call: Call, today: date) -> None:
    if call.task_to is not None and call.task_to < today:
        raise DomainError(
            "task_over",
            _("The task ended on %(day)s, so nothing is granted for it any more. Publish a new call.")
            % {"day": format_date_text(call.task_to)},
        )


def _change(call: Call, kind: str, happened_on: date, reason: str, actor: Actor) -> ResultsChange:
    """The next version of the results, saved; the call says when they changed."""
    now = database_now()
    earlier = list(call.results_changes.order_by("number"))
    _check_day(call, kind, happened_on, earlier, local_date(now))
    change = ResultsChange(
        call=call,
        number=earlier[-1].number + 1 if earlier else 1,
        kind=kind,
        reason=reason.strip(),
        happened_on=happened_on,
        published_at=now,
        made_by=actor.user_id or NOBODY,
    )
    require_valid(change, exclude=["call"])
    change.save()
    call.results_changed_at = now
    call.save(update_fields=["results_changed_at", "changed_at"])
    return change


def _check_day(call: Call, kind: str, day: date, earlier: list[ResultsChange], today: date) -> None:
    if day > today:
        raise DomainError(
            "day_to_come",
            _("Day: %(day)s has not come yet. Enter the day on which it happened.")
            % {"day": format_date_text(day)},
            field="happened_on",
            value=day,
        )
    first = local_date(call.decided_at) if call.decided_at else today
    if kind == ResultsChange.Kind.GRANTED:
        # The organ decides on what was freed, so not before it was.
        first = max([first, *(one.happened_on for one in earlier)])
    if day < first:
        raise DomainError(
            "day_too_early",
            _("Day: %(day)s is before what it changes, of %(first)s. Enter that day or a later one.")
            % {"day": format_date_text(day), "first": format_date_text(first)},
            field="happened_on",
            value=day,
        )


def _problems_of(award: Award, amount: Decimal, awards: list[Award]) -> list[Problem]:
    found = []
    if award.decision != _Outcome.RESERVE:
        found.append(_problem("not_in_reserve", _("Offer {number}: it is not on the reserve list."), award))
    freed = any(
        one.lot_id == award.lot_id and one.decision == _Outcome.GIVEN_UP and one.amount is not None
        for one in awards
    )
    if not freed:
        text = _("Offer {number}: nobody gave up a grant in its part. Record first who stepped back.")
        found.append(_problem("nothing_freed", text, award))
    asked = award.offer.opened.grant or Decimal(0)
    if not 0 < amount <= asked:
        text = _("Offer {number}: the amount is more than 0 and at most what it asks for ({asked}).")
        found.append(_problem("amount_wrong", text, award, asked=format_money(asked)))
    return found


def _out_of_turn(awards: list[Award], chosen: list[Award]) -> list[Problem]:
    text = _(
        "Offer {number}: offer {first} is before it on the reserve list. Grant to that one first, "
        "or record that its bidder stepped back."
    )
    return [
        _problem("out_of_turn", text, award, first=first.offer.number)
        for award, first in out_of_turn(awards, chosen)
    ]


def _problem(code: str, text: Any, award: Award, **facts: Any) -> Problem:
    message = format_lazy(text, number=award.offer.number, **facts)
    return Problem(code, message, f"amount-{award.pk}", str(award.offer.number))


def _grant(award: Award, amount: Decimal, change: ResultsChange, actor: Actor) -> None:
    award.decision, award.amount, award.granted_in = _Outcome.GRANTED, amount, change
    award.decided_at, award.decided_by = change.published_at, actor.user_id
