"""Verbs on decisions: issue, amend, correct, revoke."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from reporting.care.models import Decision, Person, PlanSlot
from reporting.care.moving import hold_diaries
from reporting.care.rules import Slot, clashes

_ONE_DAY = timedelta(days=1)
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
        _lock_person(person.pk)
        _write(decision, entry)
        record(
            "create_decision",
            actor=actor,
            subject_type="decision",
            subject_id=decision.pk,
            payload={"after": as_values(decision)},
        )
    return decision


def amend_decision(earlier: Decision, entry: DecisionEntry, *, actor: Actor) -> Decision:
    """Issue a decision that amends an earlier one, which ends the day before the new one begins (L-47).

    Raises DomainError where the earlier one is amended already, is over by then, or is for another service.
    """
    with transaction.atomic():
        _lock_person(earlier.person_id)
        locked: Decision = Decision.objects.select_for_update().get(pk=earlier.pk)
        _require_amendable(locked, entry)
        before = locked.superseded_from
        locked.superseded_from = entry.valid_from
        locked.save(update_fields=["superseded_from"])
        decision = Decision(person_id=locked.person_id, service_id=locked.service_id, amends=locked)
        _write(decision, entry)
        record(
            "amend_decision",
            actor=actor,
            subject_type="decision",
            subject_id=decision.pk,
            payload={
                "after": as_values(decision),
                "amended": {"id": locked.pk, "superseded_from": [before, entry.valid_from]},
            },
        )
    return decision


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
    ends = earlier.revoked_from or earlier.valid_to + _ONE_DAY
    if not earlier.valid_from < entry.valid_from <= ends:
        raise DomainError(
            "amends_outside",
            _("The amendment must begin after %(first)s and not later than %(last)s, while %(number)s holds.")
            % {
                "first": f"{earlier.valid_from:%d.%m.%Y}",
                "last": f"{ends:%d.%m.%Y}",
                "number": earlier.number,
            },
            field="valid_from",
            value=entry.valid_from,
        )


def correct_decision(
    decision: Decision, entry: DecisionEntry, *, reason: str, seen: str | None = None, actor: Actor
) -> Decision:
    """Correct what was entered wrongly; the person and the service stay. The reason and old values are audited.

    Visits belong to the organisation that made them: with any visit the contract stays too (`contract_has_visits`).
    Raises Conflict where the decision is no longer what the editor saw (`seen`, a decision_stamp).
    """
    with transaction.atomic():
        held = Decision.objects.only("contract_id").get(pk=decision.pk).contract_id
        if entry.contract.pk != held:
            _refuse_move_with_visits(decision, held, entry.contract)
        _lock_person(decision.person_id)
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
        _check_corrected_ends(locked, entry)
        # At no moment may the two overlap: the earlier one shrinks first and grows last.
        if entry.valid_from < locked.valid_from:
            _end_predecessor(locked, entry.valid_from)
        _write(locked, entry)
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


def _check_corrected_ends(decision: Decision, entry: DecisionEntry) -> None:
    """The beginning stays before what ends the decision, and after the beginning of the one it amends."""
    earlier = None if decision.amends_id is None else Decision.objects.get(pk=decision.amends_id)
    if earlier is not None and entry.valid_from <= earlier.valid_from:
        raise DomainError(
            "amends_outside",
            _("This decision amends %(number)s and must begin after %(first)s.")
            % {"number": earlier.number, "first": f"{earlier.valid_from:%d.%m.%Y}"},
            field="valid_from",
            value=entry.valid_from,
        )
    ends = [day for day in (decision.revoked_from, decision.superseded_from) if day is not None]
    if ends and entry.valid_from >= min(ends):
        raise DomainError(
            "begins_after_its_end",
            _("The decision no longer holds from %(day)s: it must begin before that day.")
            % {"day": f"{min(ends):%d.%m.%Y}"},
            field="valid_from",
            value=entry.valid_from,
        )


def _end_predecessor(decision: Decision, valid_from: date) -> None:
    """The decision that this one amends ends the day before this one begins."""
    if decision.amends_id is not None:
        Decision.objects.filter(pk=decision.amends_id).update(superseded_from=valid_from)


def revoke_decision(decision: Decision, *, first_day: date, reason: str, actor: Actor) -> Decision:
    """End a decision early: from `first_day` on it no longer holds. `reason` is a code, kept in the audit.

    Raises DomainError where it is revoked already or the day lies outside its days.
    """
    with transaction.atomic():
        _lock_person(decision.person_id)
        locked: Decision = Decision.objects.select_for_update().get(pk=decision.pk)
        if locked.revoked_from is not None:
            raise DomainError(
                "revoked_already",
                _("Decision %(number)s is revoked from %(day)s already.")
                % {"number": locked.number, "day": f"{locked.revoked_from:%d.%m.%Y}"},
            )
        last = min(
            filter(None, (locked.valid_to, locked.superseded_from and locked.superseded_from - _ONE_DAY))
        )
        if not locked.valid_from <= first_day <= last:
            raise DomainError(
                "revoked_outside",
                _("The decision holds from %(first)s to %(last)s. Choose one of these days.")
                % {"first": f"{locked.valid_from:%d.%m.%Y}", "last": f"{last:%d.%m.%Y}"},
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
    return locked


def restore_decision(decision: Decision, *, actor: Actor) -> Decision:
    """Take a revocation back. Raises DomainError where there is none or another decision holds by now."""
    with transaction.atomic():
        _lock_person(decision.person_id)
        locked: Decision = Decision.objects.select_for_update().get(pk=decision.pk)
        before = locked.revoked_from
        if before is None:
            raise DomainError("not_revoked", _("This decision is not revoked."))
        locked.revoked_from = None
        _refuse_overlap(locked)
        _save(locked)
        record(
            "restore_decision",
            actor=actor,
            subject_type="decision",
            subject_id=locked.pk,
            payload={"revoked_from": [before, None]},
        )
    return locked


def _lock_person(person_id: UUID) -> None:
    """Whoever decides about a person waits for whoever decides about the same person; always before their decisions."""
    Person.objects.select_for_update().get(pk=person_id)


def _write(decision: Decision, entry: DecisionEntry) -> None:
    _check_entry(entry)
    decision.number, decision.contract = entry.number, entry.contract
    decision.issued_on = entry.issued_on
    decision.valid_from, decision.valid_to = entry.valid_from, entry.valid_to
    decision.amount_per, decision.minutes = entry.amount_per, entry.minutes
    decision.activities, decision.two_workers = list(entry.activities), entry.two_workers
    _refuse_overlap(decision)
    _save(decision)
    slots = [(slot.weekday, slot.start, slot.minutes, slot.on_holidays) for slot in sorted(entry.slots)]
    if slots != list(decision.slots.values_list("weekday", "start", "minutes", "on_holidays")):
        decision.slots.all().delete()
        PlanSlot.objects.bulk_create(
            PlanSlot(
                decision=decision, weekday=weekday, start=start, minutes=minutes, on_holidays=on_holidays
            )
            for weekday, start, minutes, on_holidays in slots
        )


def _check_entry(entry: DecisionEntry) -> None:
    if entry.valid_to < entry.valid_from:
        raise DomainError(
            "ends_before_it_begins",
            _("The decision ends on %(last)s, before it begins on %(first)s: correct one of the dates.")
            % {"first": f"{entry.valid_from:%d.%m.%Y}", "last": f"{entry.valid_to:%d.%m.%Y}"},
            field="valid_to",
            value=entry.valid_to,
        )
    if entry.valid_to < entry.contract.valid_from or entry.valid_from > entry.contract.valid_to:
        raise DomainError(
            "outside_contract",
            _(
                "Contract %(number)s holds from %(first)s to %(last)s, at no time of the decision. Choose another."
            )
            % {
                "number": entry.contract.number,
                "first": f"{entry.contract.valid_from:%d.%m.%Y}",
                "last": f"{entry.contract.valid_to:%d.%m.%Y}",
            },
            field="contract",
            value=entry.contract.number,
        )
    if not entry.activities:
        raise DomainError(
            "scope_missing",
            _("Choose at least one activity: the decision must say its scope."),
            field="activities",
        )
    if entry.amount_per == Decision.AmountPer.PLAN and not entry.slots:
        raise DomainError(
            "plan_missing",
            _(
                "The amount is the plan of visits, and the plan is empty. Add visits or choose another amount."
            ),
            field="amount_per",
        )
    for clash in clashes(entry.slots)[:1]:
        raise DomainError(
            "plan_clash",
            _("In the plan the visit at %(earlier)s is not over when the one at %(later)s begins.")
            % {"earlier": f"{clash.earlier.start:%H:%M}", "later": f"{clash.later.start:%H:%M}"},
        )


def _refuse_overlap(decision: Decision) -> None:
    """Name the decision that holds on days of this one, for the same person and service."""
    ends_before = min(
        filter(None, (decision.valid_to + _ONE_DAY, decision.revoked_from, decision.superseded_from))
    )
    if ends_before <= decision.valid_from:
        return
    others = Decision.objects.filter(person_id=decision.person_id, service_id=decision.service_id)
    other = others.exclude(pk=decision.pk).touching(decision.valid_from, ends_before - _ONE_DAY).first()
    if other is not None:
        raise DomainError(
            "decisions_overlap",
            _(
                "The person has decision %(number)s for this service from %(first)s to %(last)s. Begin after it, or "
                "open it and amend or revoke it."
            )
            % {
                "number": other.number,
                "first": f"{other.valid_from:%d.%m.%Y}",
                "last": f"{other.ends_before - _ONE_DAY:%d.%m.%Y}",
            },
            field="valid_from",
            value=decision.valid_from,
        )


def _save(decision: Decision) -> None:
    require_valid(decision, exclude=["person", "service", "contract", "amends"])
    try:
        with transaction.atomic():
            decision.save()
    except IntegrityError as error:
        _refuse_overlap(decision)
        raise DomainError(
            "decision_exists",
            _("Somebody saved a decision with this number a moment ago. Check the list of decisions."),
            field="number",
            value=decision.number,
        ) from error
    decision.refresh_from_db(fields=["ends_before"])
