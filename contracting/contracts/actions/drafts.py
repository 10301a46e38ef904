"""Verbs on drafts of contracts: from the award to the signatures of both sides (art. 15(4), 16)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.actions.lawful import require_lawful_end
from contracting.contracts.actions.lines import (
    CommitmentLine,
    TrancheLine,
    check_tranches,
    commitment_lines,
    tranche_lines,
    write_commitments,
    write_tranches,
)
from contracting.contracts.actions.small_grants import require_short_small_grant
from contracting.contracts.models import Commitment, Contract, ContractDraft
from contracting.contracts.rules.drafting import (
    minutes_for,
    scale_minutes,
    share_minutes,
    split_by_year,
    years_of_budget,
)
from contracting.tenders.models import Award
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.money import to_grosz
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid

State = ContractDraft.State
_TERMS = (
    "number",
    "valid_from",
    "valid_to",
    "amount",
    "outside_grant",
    "price_per_hour",
    "cap_minutes",
    "subcontracting",
)


def terms_of(draft: ContractDraft) -> dict[str, Any]:
    """The terms of a draft as `edit_draft` takes them."""
    return {name: getattr(draft, name) for name in _TERMS}


def draft_stamp(draft: ContractDraft) -> str:
    """The stamp of a draft as it stands, with its tranches and commitments."""
    return stamp_of(
        {
            **terms_of(draft),
            "tranches": tranche_lines(draft),
            "commitments": [asdict(line) for line in commitment_lines(draft)],
        }
    )


def draft_contract(award: Award, *, actor: Actor) -> ContractDraft:
    """A draft made of a granted award, its offer and its call: period, money, cap, staff, commitments, tranches.

    Raises DomainError `not_granted`, or `drafted_already`; the second of two people gets the latter.
    """
    with transaction.atomic():
        # Held until the draft is there, so that the grant is not given up meanwhile.
        locked: Award = (
            Award.objects.select_for_update(of=["self"])
            .select_related("offer__call", "offer__opened")
            .get(pk=award.pk)
        )
        return _draft_of(locked, actor)


def _draft_of(award: Award, actor: Actor) -> ContractDraft:
    offer = award.offer
    call, opened = offer.call, offer.opened
    if award.decision != Award.Outcome.GRANTED or award.amount is None:
        raise DomainError(
            "not_granted", _("A contract is drafted for an offer that was granted money only."), field="award"
        )
    content = opened.content
    whole = opened.grant or award.amount
    price = opened.price_per_hour or Decimal(0)
    cap = scale_minutes(opened.minutes, award.amount, whole)
    # Others bear the smaller part of the costs in the same proportion as the grant was cut.
    others = (opened.total or whole) - whole
    outside = to_grosz(others * award.amount / whole) if whole and others > 0 else Decimal(0)
    costs = award.amount + outside
    if not price and cap:
        price = to_grosz(costs * 60 / cap)
    first, last = _period(content, call)
    draft = ContractDraft(
        award=award,
        valid_from=first,
        valid_to=last,
        amount=award.amount,
        outside_grant=outside,
        price_per_hour=price or Decimal("0.01"),
        cap_minutes=cap or (minutes_for(costs, price) if price else None),
        staff=list(content.get("staff", [])),
    )
    try:
        with transaction.atomic():
            draft.save()
            years = years_of_budget(content.get("budget", {}).get("costs", []))
            amounts = split_by_year(award.amount, first, last, years)
            shares = share_minutes(draft.cap_minutes, amounts).items()
            write_tranches(draft, [(year, amounts[year], minutes) for year, minutes in shares])
            write_commitments(draft, _promised(content))
            record(
                "draft_contract",
                actor=actor,
                subject_type="contract_draft",
                subject_id=draft.pk,
                payload={"award": award.pk, "amount": award.amount},
            )
    except IntegrityError as error:
        raise DomainError(
            "drafted_already",
            _(
                "A contract is drafted for this award already. Open that draft; one that was given up can be resumed."
            ),
            field="award",
        ) from error
    return draft


def _period(content: Mapping[str, Any], call: Any) -> tuple[date, date]:
    task = content.get("task", {})
    first = date.fromisoformat(task["from"]) if task.get("from") else call.task_from
    last = date.fromisoformat(task["to"]) if task.get("to") else call.task_to
    if first is None or last is None:
        raise DomainError(
            "no_period",
            _(
                "Neither the offer nor the call says from when to when the task lasts. Correct the call first."
            ),
            field="valid_from",
        )
    return first, last


def _promised(content: Mapping[str, Any]) -> list[CommitmentLine]:
    """The measurable promises of the service concept; an unknown measure is one that the organisation states."""
    lines = []
    for promise in content.get("promises", []):
        measure = promise.get("measure", "")
        direction = promise.get("direction", "")
        lines.append(
            CommitmentLine(
                part=str(promise.get("part", ""))[:30],
                indicator=str(promise.get("indicator", ""))[:200],
                direction=direction if direction in Commitment.Direction.values else "at_least",
                promised=Decimal(str(promise.get("value") or "0")),
                unit=str(promise.get("unit", ""))[:40],
                measure=measure if measure in Commitment.Measure.values else Commitment.Measure.REPORTED,
                method=str(promise.get("measured_by", ""))[:300],
            )
        )
    return lines


def edit_draft(
    draft: ContractDraft,
    *,
    terms: Mapping[str, Any],
    tranches: Sequence[TrancheLine],
    commitments: Sequence[CommitmentLine],
    seen: str | None = None,
    actor: Actor,
) -> ContractDraft:
    """Change a draft, whole: `terms` has number, valid_from, valid_to, amount, outside_grant, price_per_hour,
    cap_minutes and subcontracting; a tranche is (year, PLN, minutes or None). All or nothing.

    Raises DomainError naming the field, Conflict where somebody changed the draft meanwhile (`seen`).
    """
    with transaction.atomic():
        locked = locked_draft(draft)
        require_state(locked, State.DRAFT)
        require_unchanged(seen, draft_stamp(locked))
        for name in _TERMS:
            setattr(locked, name, terms[name])
        require_free_number(locked)
        check_terms(locked)
        check_money(locked, tranches)
        locked.document = None
        save_draft(locked)
        write_tranches(locked, tranches)
        write_commitments(locked, commitments)
        record(
            "edit_contract_draft",
            actor=actor,
            subject_type="contract_draft",
            subject_id=locked.pk,
            payload={"after": terms_of(locked), "tranches": list(tranches)},
        )
    return locked


def locked_draft(draft: ContractDraft) -> ContractDraft:
    """The draft locked for change, with its award, offer and call."""
    locked: ContractDraft = (
        ContractDraft.objects.select_for_update(of=("self",))
        .select_related("award__offer__call", "award__offer__organisation", "award__offer__call__service")
        .get(pk=draft.pk)
    )
    return locked


def require_state(draft: ContractDraft, *states: str) -> None:
    """Refuse a verb in another state. Raises DomainError `wrong_state`."""
    if draft.state not in states:
        raise DomainError(
            "wrong_state",
            _("The draft is in the state “%(state)s”: this cannot be done in it.")
            % {"state": draft.get_state_display()},
            field="state",
            value=draft.state,
        )


def check_terms(draft: ContractDraft) -> None:
    """Refuse a period or an amount that is not lawful or not granted. Raises DomainError naming the field."""
    if draft.valid_to < draft.valid_from:
        raise DomainError(
            "contract_period",
            _("The contract ends before it begins: correct one of the dates."),
            field="valid_to",
            value=draft.valid_to,
        )
    require_lawful_end(draft.valid_from, draft.valid_to)
    require_short_small_grant(draft)
    granted = draft.award.amount
    if granted is not None and draft.amount > granted:
        raise DomainError(
            "over_the_award",
            _("The amount is larger than the %(granted)s zł that were granted. Lower it.")
            % {"granted": granted},
            field="amount",
            value=draft.amount,
        )


def require_free_number(draft: ContractDraft) -> None:
    """Refuse the number of another contract. Raises DomainError `contract_exists`; no number yet is no fault."""
    if draft.number and Contract.objects.filter(number=draft.number).exists():
        raise DomainError(
            "contract_exists",
            _("Contract %(number)s is there already: give this one another number.")
            % {"number": draft.number},
            field="number",
            value=draft.number,
        )


def check_money(draft: ContractDraft, tranches: Sequence[TrancheLine]) -> None:
    """Refuse yearly money that does not fit the draft. Raises DomainError, see check_tranches."""
    check_tranches(tranches, amount=draft.amount, first=draft.valid_from, last=draft.valid_to)


def save_draft(draft: ContractDraft) -> None:
    """Save a draft whose fields and constraints hold. Raises DomainError `invalid`."""
    require_valid(draft, exclude=["award", "contract", "document"])
    draft.save()
