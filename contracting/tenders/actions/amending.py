"""Amendments: the only way in which a published call changes, with a reason, published like the call itself."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders import tasks
from contracting.tenders.actions.calls import (
    CriterionLine,
    LotLine,
    check_prices,
    check_weights,
    criterion_lines,
    lot_lines,
)
from contracting.tenders.actions.publications import post_on_board
from contracting.tenders.announcement import check_call, problems_in
from contracting.tenders.clock import database_now
from contracting.tenders.lawfulness import grace, lawfulness_of
from contracting.tenders.locking import lock_call
from contracting.tenders.models import Amendment, Call, Lot, Publication
from contracting.tenders.rules.announcing import Point
from contracting.tenders.rules.terms import earliest_deadline
from kernel.access import Actor
from kernel.background import send_after_commit
from kernel.errors import DomainError, Problem
from kernel.periods import local_date
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from ui.formatting import format_instant_text

AMENDABLE = (
    "title",
    "task_kind",
    "grant_rules",
    "conditions",
    "selection",
    "earlier_tasks",
    "contact",
    "funds",
    "grant_min",
    "grant_max",
    "own_share_min",
    "task_from",
    "task_to",
    "deadline",
    "decision_due_on",
    "joint_offers",
    "required_files",
    "concept_questions",
)
# The announcement had its term; an amendment that only brings the deadline forward is weighed by itself.
NOBODY = UUID(int=0)
_NOT_WEIGHED = frozenset({Point.TERM})


def amendment_stamp(call: Call) -> str:
    """The stamp of everything that an amendment may change."""
    return stamp_of(
        {name: getattr(call, name) for name in AMENDABLE},
        [asdict(line) for line in lot_lines(call)],
        [asdict(line) for line in criterion_lines(call)],
    )


def amend_call(
    call: Call,
    *,
    reason: str,
    confirm: bool,
    values: dict[str, Any],
    lots: Sequence[LotLine] | None = None,
    criteria: Sequence[CriterionLine] | None = None,
    seen: str | None = None,
    actor: Actor,
) -> Amendment:
    """Change a published call before its deadline and publish the change with its reason.

    `values` are fields of AMENDABLE; parts and criteria keep their number and order, and new parts stand after them.
    Whoever bids for a part may prefer a new one, so a new part always asks bidders to confirm or replace; and it is
    announced as long as a call is. The call's row stays locked, so an offer is handed in either before or after the
    amendment. Raises DomainError `call_not_open`, `nothing_changes`, `other_number_of_lines`, `not_ready` with what
    would be unlawful (`deadline_too_early`, `part_without_term`, …), Conflict.
    """
    with transaction.atomic():
        locked = lock_call(call)
        now = database_now()
        if not locked.takes_offers(now):
            raise DomainError(
                "call_not_open",
                _(
                    "Only a published call whose deadline has not passed can be amended. This one cannot any more."
                ),
                field="state",
                value=locked.state,
            )
        require_unchanged(seen, amendment_stamp(locked))
        old_deadline = locked.deadline
        changes = _change_fields(locked, values)
        changes |= _change_lots(locked, lots)
        changes |= _change_criteria(locked, criteria)
        if not changes:
            raise DomainError(
                "nothing_changes", _("Nothing differs from the call as it stands: change something first.")
            )
        require_valid(locked, exclude=["service", "copied_from"])
        locked.save()
        number = (locked.amendments.order_by("-number").values_list("number", flat=True).first() or 0) + 1
        amendment = Amendment(
            call=locked,
            number=number,
            reason=reason.strip(),
            changes=changes,
            confirm=confirm,
            published_at=now,
            published_by=actor.user_id or NOBODY,
        )
        amendment.confirm = confirm or amendment.adds_parts
        _check_amended(amendment, now, earlier=_is_earlier(locked.deadline, old_deadline))
        require_valid(amendment, exclude=["call", "notified_at"])
        amendment.save()
        post_on_board(locked, Publication.Subject.AMENDMENT, amendment, actor=actor)
        record(
            "amend_call",
            actor=actor,
            subject_type="call",
            subject_id=locked.pk,
            payload={
                "amendment": number,
                "confirm": amendment.confirm,
                "changes": {name: pair for name, pair in changes.items() if name != "contact"},
            },
        )
        send_after_commit(tasks.notify_amendment, amendment.pk)
    return amendment


def _is_earlier(new: datetime | None, old: datetime | None) -> bool:
    return new is not None and old is not None and new < old


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def weigh_amendment(call: Call, **asked: Any) -> Amendment:
    """The amendment as `amend_call` would publish it, for a last look; it takes and raises the same and keeps none."""
    with transaction.atomic():
        amendment = amend_call(call, **asked)
        transaction.set_rollback(True)
    return amendment


def _change_fields(call: Call, values: dict[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(AMENDABLE)
    if unknown:
        raise ValueError(f"an amendment cannot change {sorted(unknown)}")
    changes = {}
    for name, value in values.items():
        before = getattr(call, name)
        if before != value:
            changes[name] = _plain([before, value])
            setattr(call, name, value)
    return changes


def _require_count(before: Sequence[Any], after: Sequence[Any], *, may_grow: bool = False) -> None:
    if len(after) < len(before) or (len(after) > len(before) and not may_grow):
        raise DomainError(
            "other_number_of_lines",
            _(
                "An amendment changes parts and criteria that are there and may add parts after them; "
                "it removes none, and adds no criteria."
            ),
        )


def _change_lots(call: Call, lines: Sequence[LotLine] | None) -> dict[str, Any]:
    before = lot_lines(call)
    if lines is None or list(lines) == before:
        return {}
    _require_count(before, lines, may_grow=True)
    lots = list(call.lots.all())
    last = lots[-1].position if lots else 0
    lots += [Lot(call=call, position=last + place) for place in range(1, len(lines) - len(lots) + 1)]
    for lot, line in zip(lots, lines, strict=True):
        for name, value in asdict(line).items():
            setattr(lot, name, value)
        require_valid(lot, exclude=["call"])
        lot.save()
    return {"lots": _plain([[asdict(line) for line in before], [asdict(line) for line in lines]])}


def _change_criteria(call: Call, lines: Sequence[CriterionLine] | None) -> dict[str, Any]:
    before = criterion_lines(call)
    if lines is None or list(lines) == before:
        return {}
    _require_count(before, lines)
    check_weights(lines)
    check_prices(lines)
    for criterion, line in zip(call.criteria.all(), lines, strict=True):
        for name, value in asdict(line).items():
            setattr(criterion, name, value)
        require_valid(criterion, exclude=["call"])
        criterion.save()
    return {"criteria": _plain([[asdict(line) for line in before], [asdict(line) for line in lines]])}


def _check_amended(amendment: Amendment, now: datetime, *, earlier: bool) -> None:
    call = amendment.call
    problems = problems_in(line for line in check_call(call, now=now) if line.point not in _NOT_WEIGHED)
    state = lawfulness_of(call)
    if earlier and state.is_short and state.days and state.earliest:
        problems.append(
            Problem(
                "deadline_too_early",
                _(
                    "Deadline: %(deadline)s is earlier than before and leaves less than %(days)s full days after "
                    "the last publication. Choose %(earliest)s or later."
                )
                % {
                    "deadline": format_instant_text(call.deadline),
                    "days": state.days.whole,
                    "earliest": format_instant_text(state.earliest),
                },
                "deadline",
            )
        )
    if amendment.adds_parts and state.days is not None and call.deadline is not None:
        # The website is this platform's board, so the new part is announced today at the earliest.
        earliest = earliest_deadline(local_date(now), state.days.whole, grace=grace())
        if call.deadline < earliest:
            problems.append(
                Problem(
                    "part_without_term",
                    _(
                        "Deadline: %(deadline)s leaves the new part less than %(days)s full days after its "
                        "announcement (%(article)s). Choose %(earliest)s or later."
                    )
                    % {
                        "deadline": format_instant_text(call.deadline),
                        "days": state.days.whole,
                        "article": state.days.article,
                        "earliest": format_instant_text(earliest),
                    },
                    "deadline",
                )
            )
    if problems:
        raise DomainError(
            "not_ready", _("The amendment cannot be published. Mend what is listed."), problems=problems
        )
