"""Verbs on decisions: issue, amend, correct, revoke."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.errors import DomainError, Problem
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from reporting.care import hooks
from reporting.care.actions.entries import ONE_DAY, DecisionEntry, printed, refuse_overlap, require_sound
from reporting.care.locking import hold_person
from reporting.care.models import Decision, Person, PlanSlot, Suspension
from reporting.care.moving import hold_diaries
from reporting.care.rules import PLAN_FIELDS, plan_rows

_FIELDS = (
    "number",
    "contract_id",
    "issued_on",
    "valid_from",
    "valid_to",
    "revoked_from",
    "superseded_from",
    "amends_id",
    "amount_per",
    "minutes",
    "activities",
    "two_workers",
)


def as_values(decision: Decision) -> dict[str, Any]:
    """The decision as the audit line tells it: no names, only ids and terms."""
    slots = decision.slots.values_list("weekday", "start", "minutes", "on_holidays")
    return {
        **{name: getattr(decision, name) for name in _FIELDS},
        "person": decision.person_id,
        "slots": [list(slot) for slot in slots],
    }


def decision_stamp(decision: Decision) -> str:
    """The stamp of the decision as it stands, with its plan."""
    return stamp_of(as_values(decision))


def create_decision(person: Person, entry: DecisionEntry, *, actor: Actor) -> Decision:
    """Issue a decision for a person. Raises DomainError with the fields that are wrong.

    `decisions_overlap` names the other decision for the same person and service.
    """
    decision = Decision(person=person, service_id=entry.contract.service_id)
    with transaction.atomic():
        hold_person(person.pk)
        _write(decision, entry)
        record(
            "create_decision",
            actor=actor,
            subject_type="decision",
            subject_id=decision.pk,
            payload={"after": as_values(decision)},
        )
        hooks.decisions_changed.fire(ids=[decision.pk])
    return decision


def amend_decision(earlier: Decision, entry: DecisionEntry, *, actor: Actor) -> Decision:
    """Issue a decision that amends an earlier one, which ends the day before the new one begins (L-47).

    Raises DomainError where the earlier one is amended already, is over by then, or is for another service.
    """
    with transaction.atomic():
        hold_person(earlier.person_id)
        locked: Decision = Decision.objects.select_for_update().get(pk=earlier.pk)
        _require_amendable(locked, entry)
        before = locked.superseded_from
        begins_outside = list(_begins_outside(locked, entry.valid_from))
        if not begins_outside:
            locked.superseded_from = entry.valid_from
            locked.save(update_fields=["superseded_from"])
        decision = Decision(person_id=locked.person_id, service_id=locked.service_id, amends=locked)
        _write(decision, entry, *begins_outside)
        carried = _carry_suspensions(locked, decision)
        record(
            "amend_decision",
            actor=actor,
            subject_type="decision",
            subject_id=decision.pk,
            payload={
                "after": as_values(decision),
                "amended": {"id": locked.pk, "superseded_from": [before, entry.valid_from]},
                "suspensions_carried": carried,
            },
        )
        hooks.decisions_changed.fire(ids=[locked.pk, decision.pk])
    return decision


def _carry_suspensions(earlier: Decision, later: Decision) -> int:
    """Let suspensions that reach into the amendment rest it too: the person is still in hospital. Gives how many."""
    carried = 0
    for suspension in earlier.suspensions.filter(last_day__gte=later.valid_from):
        first, last = max(suspension.first_day, later.valid_from), min(suspension.last_day, later.valid_to)
        if first <= last:
            Suspension.objects.create(
                decision=later, first_day=first, last_day=last, reason=suspension.reason
            )
            carried += 1
        if suspension.first_day >= later.valid_from:
            suspension.delete()
        else:
            suspension.last_day = later.valid_from - ONE_DAY
            suspension.save(update_fields=["last_day"])
    return carried


def _require_amendable(earlier: Decision, entry: DecisionEntry) -> None:
    later = Decision.objects.filter(amends=earlier).first()
    if later is not None:
        raise DomainError(
            "amended_already",
            _("Decision %(number)s is amended by %(later)s already. Amend that one.")
            % {"number": earlier.number, "later": later.number},
        )
    if entry.contract.service_id != earlier.service_id:
        raise DomainError(
            "other_service",
            _("An amendment stays with the service of the decision. Choose a contract for the same service."),
            field="contract",
        )


def _begins_outside(earlier: Decision, first_day: date) -> Iterator[Problem]:
    """An amendment begins while the decision holds, or on the day after it."""
    ends = earlier.revoked_from or earlier.valid_to + ONE_DAY
    if earlier.valid_from < first_day <= ends:
        return
    sentence = _(
        "The amendment would begin on %(day)s, but it must begin after %(first)s and not later than %(last)s, "
        "while %(number)s holds. Correct the day."
    )
    days = {"day": printed(first_day), "first": printed(earlier.valid_from), "last": printed(ends)}
    told = sentence % {"number": earlier.number, **days}
    yield Problem("amends_outside", told, "valid_from", str(first_day))


def correct_decision(
    decision: Decision, entry: DecisionEntry, *, reason: str, seen: str | None = None, actor: Actor
) -> Decision:
    """Correct what was entered wrongly; the person and the service stay. The reason and old values are audited.

    Visits belong to the organisation that made them: with any visit the contract stays too (`contract_has_visits`).
    Raises Conflict where the decision is no longer what the editor saw (`seen`, a decision_stamp).
    """
    with transaction.atomic():
        # Persons before diaries, as where visits are entered.
        hold_person(decision.person_id)
        held = Decision.objects.only("contract_id").get(pk=decision.pk).contract_id
        if entry.contract.pk != held:
            _refuse_move_with_visits(decision, held, entry.contract)
        locked: Decision = Decision.objects.select_for_update().get(pk=decision.pk)
        require_unchanged(seen, decision_stamp(locked))
        # Moved while this waited: neither the diary that was held nor what was found in it counts.
        require_unchanged(str(held), str(locked.contract_id))
        if entry.contract.service_id != locked.service_id:
            raise DomainError(
                "other_service",
                _(
                    "A correction stays with the service of the decision. Choose a contract for the same service."
                ),
                field="contract",
            )
        before = as_values(locked)
        wrong_ends = list(_wrong_ends(locked, entry))
        # At no moment may the two overlap: the earlier one shrinks first and grows last.
        if entry.valid_from < locked.valid_from and not wrong_ends:
            _end_predecessor(locked, entry.valid_from)
        _write(locked, entry, *wrong_ends)
        _end_predecessor(locked, entry.valid_from)
        after = as_values(locked)
        if after != before:
            record(
                "correct_decision",
                actor=actor,
                subject_type="decision",
                subject_id=locked.pk,
                payload={"reason": reason, "before": before, "after": after},
            )
            hooks.decisions_changed.fire(ids=[locked.pk])
    return locked


def _refuse_move_with_visits(decision: Decision, contract_id: UUID, chosen: Contract) -> None:
    if hold_diaries({contract_id, chosen.pk}, {decision.pk}):
        raise DomainError(
            "contract_has_visits",
            _(
                "The diary has visits under this decision, so it cannot move to contract %(number)s. "
                "Leave its contract and amend the decision from the day on which the other contract takes over."
            )
            % {"number": chosen.number},
            field="contract",
            value=chosen.number,
        )


def _wrong_ends(decision: Decision, entry: DecisionEntry) -> Iterator[Problem]:
    """The beginning stays before what ends the decision, and after the beginning of the one it amends."""
    begins = entry.valid_from
    earlier = None if decision.amends_id is None else Decision.objects.get(pk=decision.amends_id)
    if earlier is not None and begins <= earlier.valid_from:
        sentence = _(
            "This decision amends %(number)s and must begin after %(first)s, not on %(day)s. Correct the day."
        )
        days = {"first": printed(earlier.valid_from), "day": printed(begins)}
        told = sentence % {"number": earlier.number, **days}
        yield Problem("amends_outside", told, "valid_from", str(begins))
    ends = [day for day in (decision.revoked_from, decision.superseded_from) if day is not None]
    if ends and begins >= min(ends):
        sentence = _(
            "The decision no longer holds from %(end)s, so it cannot begin on %(day)s. Choose an earlier day."
        )
        days = {"end": printed(min(ends)), "day": printed(begins)}
        yield Problem("begins_after_its_end", sentence % days, "valid_from", str(begins))


def _end_predecessor(decision: Decision, valid_from: date) -> None:
    """The decision that this one amends ends the day before this one begins."""
    if decision.amends_id is not None:
        Decision.objects.filter(pk=decision.amends_id).update(superseded_from=valid_from)


def revoke_decision(decision: Decision, *, first_day: date, reason: str, actor: Actor) -> Decision:
    """End a decision early: from `first_day` on it no longer holds. `reason` is a code, kept in the audit.

    Raises DomainError where it is revoked already or the day lies outside its days.
    """
    with transaction.atomic():
        hold_person(decision.person_id)
        locked: Decision = Decision.objects.select_for_update().get(pk=decision.pk)
        if locked.revoked_from is not None:
            raise DomainError(
                "revoked_already",
                _(
                    "Decision %(number)s is revoked from %(day)s already. To choose another day, take that back first."
                )
                % {"number": locked.number, "day": printed(locked.revoked_from)},
            )
        last = min(
            filter(None, (locked.valid_to, locked.superseded_from and locked.superseded_from - ONE_DAY))
        )
        if not locked.valid_from <= first_day <= last:
            raise DomainError(
                "revoked_outside",
                _(
                    "On %(day)s the decision does not hold, it holds from %(first)s to %(last)s. "
                    "Choose one of these days."
                )
                % {"day": printed(first_day), "first": printed(locked.valid_from), "last": printed(last)},
                field="first_day",
                value=first_day,
            )
        locked.revoked_from = first_day
        locked.save(update_fields=["revoked_from"])
        record(
            "revoke_decision",
            actor=actor,
            subject_type="decision",
            subject_id=locked.pk,
            payload={"revoked_from": [None, first_day], "reason": reason},
        )
        hooks.decisions_changed.fire(ids=[locked.pk])
    return locked


def restore_decision(decision: Decision, *, actor: Actor) -> Decision:
    """Take a revocation back. Raises DomainError where there is none or another decision holds by now."""
    with transaction.atomic():
        hold_person(decision.person_id)
        locked: Decision = Decision.objects.select_for_update().get(pk=decision.pk)
        before = locked.revoked_from
        if before is None:
            raise DomainError(
                "not_revoked", _("This decision is not revoked, so there is nothing to take back.")
            )
        locked.revoked_from = None
        refuse_overlap(locked)
        _save(locked)
        record(
            "restore_decision",
            actor=actor,
            subject_type="decision",
            subject_id=locked.pk,
            payload={"revoked_from": [before, None]},
        )
        hooks.decisions_changed.fire(ids=[locked.pk])
    return locked


def _write(decision: Decision, entry: DecisionEntry, *known: Problem) -> None:
    decision.number, decision.contract = entry.number, entry.contract
    decision.issued_on = entry.issued_on
    decision.valid_from, decision.valid_to = entry.valid_from, entry.valid_to
    decision.amount_per, decision.minutes = entry.amount_per, entry.minutes
    decision.activities, decision.two_workers = list(entry.activities), entry.two_workers
    require_sound(decision, entry, *known)
    _save(decision)
    slots = plan_rows(entry.slots)
    if slots != list(decision.slots.values_list(*PLAN_FIELDS)):
        decision.slots.all().delete()
        PlanSlot.objects.bulk_create(
            PlanSlot(decision=decision, **dict(zip(PLAN_FIELDS, slot, strict=True))) for slot in slots
        )


def _save(decision: Decision) -> None:
    require_valid(decision, exclude=["person", "service", "contract", "amends"])
    try:
        with transaction.atomic():
            decision.save()
    except IntegrityError as error:
        refuse_overlap(decision)
        raise DomainError(
            "decision_exists",
            _("Somebody saved a decision with this number a moment ago. Check the list of decisions."),
            field="number",
            value=decision.number,
        ) from error
    decision.refresh_from_db(fields=["ends_before"])
