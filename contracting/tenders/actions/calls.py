"""Verbs on the draft of a call: making it, from nothing or from what is there, writing its parts, discarding it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning.models import Cycle, Service
from contracting.tenders.locking import lock_call
from contracting.tenders.models import Call, Criterion, Lot
from contracting.tenders.prefill import Prefill, from_call, from_cycle
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid

HUNDRED = 100
# Who is named as the contact may be a person: the record says that it changed, not to what.
_UNTOLD = frozenset({"contact"})


@dataclass(frozen=True)
class LotLine:
    """A part of a call as the form brings it; funds in PLN, minutes of service planned."""

    title: str
    description: str
    funds: Decimal
    minutes: int | None


@dataclass(frozen=True)
class CriterionLine:
    """A criterion as the form brings it; weight in percent."""

    name: str
    explanation: str
    kind: str
    max_points: int
    weight: int
    excerpt: str


def create_call(*, title: str, kind: str, service: Service, actor: Actor) -> Call:
    """A new draft in which nothing but title, kind and service is written."""
    return _create(Prefill({"title": title, "kind": kind, "service": service}), {}, actor=actor)


def copy_call(source: Call, *, title: str, as_template: bool = False, actor: Actor) -> Call:
    """A draft (or a template) with everything that another call or template says but its number and its dates."""
    changes: dict[str, Any] = {"title": title, "is_template": as_template, "copied_from": source}
    return _create(from_call(source), changes, actor=actor)


def create_from_cycle(cycle: Cycle, *, title: str, actor: Actor) -> Call:
    """A draft filled from what the cycle decided: service, standard, scope, indicators, funds, form.

    Raises DomainError `form_without_call` where the chosen form needs no call, `form_not_chosen` where none is.
    """
    return _create(from_cycle(cycle), {"title": title}, actor=actor)


def _create(prefill: Prefill, changes: dict[str, Any], *, actor: Actor) -> Call:
    call = Call(**{**prefill.fields, **changes})
    with transaction.atomic():
        require_valid(call, exclude=["service", "copied_from"])
        call.save()
        _store_lots(call, [LotLine(**line) for line in prefill.lots])
        _store_criteria(call, [CriterionLine(**line) for line in prefill.criteria])
        record(
            "create_template" if call.is_template else "create_call",
            actor=actor,
            subject_type="call",
            subject_id=call.pk,
            payload={
                "title": call.title,
                "kind": call.kind,
                "service": call.service_id,
                "cycle": call.cycle_id,
                "copied_from": call.copied_from_id,
            },
        )
    return call


def fields_stamp(call: Call, names: Sequence[str]) -> str:
    """The stamp of some fields of the call as they stand."""
    return stamp_of({name: getattr(call, name) for name in sorted(names)})


def edit_call(call: Call, *, seen: str | None = None, actor: Actor, **values: Any) -> Call:
    """Write fields of a draft. Raises Conflict where they are no longer what the editor saw (a fields_stamp)."""
    with transaction.atomic():
        locked = lock_draft(call)
        require_unchanged(seen, fields_stamp(locked, list(values)))
        before = {name: getattr(locked, name) for name in values}
        changed = [name for name in values if before[name] != values[name]]
        for name in changed:
            setattr(locked, name, values[name])
        if changed:
            _save_fields(locked, changed)
            told = [name for name in changed if name not in _UNTOLD]
            record(
                "edit_call",
                actor=actor,
                subject_type="call",
                subject_id=locked.pk,
                payload={
                    "fields": changed,
                    "before": {name: before[name] for name in told},
                    "after": {name: values[name] for name in told},
                },
            )
    return locked


def _save_fields(call: Call, changed: list[str]) -> None:
    require_valid(call, exclude=["service", "copied_from"])
    try:
        with transaction.atomic():
            call.save(update_fields=[*changed, "changed_at"])
    except IntegrityError as error:
        raise DomainError(
            "call_number_taken",
            _("Another call has the number %(number)s. Choose a different one.") % {"number": call.number},
            field="number",
            value=call.number,
        ) from error


def lot_lines(call: Call) -> list[LotLine]:
    """The parts of the call as they stand."""
    return [LotLine(lot.title, lot.description, lot.funds, lot.minutes) for lot in call.lots.all()]


def criterion_lines(call: Call) -> list[CriterionLine]:
    """The criteria of the call as they stand."""
    return [
        CriterionLine(row.name, row.explanation, row.kind, row.max_points, row.weight, row.excerpt)
        for row in call.criteria.all()
    ]


def lines_stamp(lines: Sequence[LotLine] | Sequence[CriterionLine]) -> str:
    """The stamp of parts or criteria as they stand."""
    return stamp_of([asdict(line) for line in lines])


def set_lots(call: Call, lines: Sequence[LotLine], *, seen: str | None = None, actor: Actor) -> Call:
    """Write the parts of a draft anew. Raises DomainError `no_lots` without any, Conflict for an older state."""
    if not lines:
        raise DomainError("no_lots", _("A call has at least one part: enter its title and funds."))
    with transaction.atomic():
        locked = lock_draft(call)
        before = lot_lines(locked)
        require_unchanged(seen, lines_stamp(before))
        if list(lines) != before:
            locked.lots.all().delete()
            _store_lots(locked, lines)
            _record_lines("edit_lots", locked, before, lines, actor)
    return locked


def set_criteria(
    call: Call, lines: Sequence[CriterionLine], *, seen: str | None = None, actor: Actor
) -> Call:
    """Write the criteria of a draft anew.

    Raises DomainError `weights_not_100` or `two_prices`, Conflict for an older state.
    """
    check_prices(lines)
    with transaction.atomic():
        locked = lock_draft(call)
        before = criterion_lines(locked)
        require_unchanged(seen, lines_stamp(before))
        if list(lines) != before:
            locked.criteria.all().delete()
            _store_criteria(locked, lines)
            _record_lines("edit_criteria", locked, before, lines, actor)
    return locked


def check_weights(lines: Sequence[CriterionLine]) -> None:
    """Raises DomainError `weights_not_100`. A draft may be kept half-done: publishing asks, and each amendment."""
    total = sum(line.weight for line in lines)
    if total != HUNDRED:
        raise DomainError(
            "weights_not_100",
            _("Weights: they sum to %(sum)s %%. Change them so that they sum to 100 %%.") % {"sum": total},
            field="weight",
            value=total,
        )


def check_prices(lines: Sequence[CriterionLine]) -> None:
    """Raises DomainError `two_prices`."""
    if sum(line.kind == Criterion.Kind.PRICE for line in lines) > 1:
        raise DomainError(
            "two_prices",
            _("Two criteria are of the kind “price”: an offer has one price, so keep one of them."),
        )


def discard_call(call: Call, *, actor: Actor) -> None:
    """Remove a draft or a template for good; a published call is never removed."""
    with transaction.atomic():
        locked = lock_draft(call)
        record(
            "discard_call",
            actor=actor,
            subject_type="call",
            subject_id=locked.pk,
            payload={"title": locked.title, "kind": locked.kind, "template": locked.is_template},
        )
        locked.publications.all().delete()
        locked.delete()


def lock_draft(call: Call) -> Call:
    """The call locked until the transaction ends. Raises DomainError `call_published` where it is no draft."""
    locked = lock_call(call)
    if locked.state != Call.State.DRAFT:
        raise DomainError(
            "call_published",
            _("The call is published: it changes by an amendment only, which is published with its reason."),
            field="state",
            value=locked.state,
        )
    return locked


def _store_lots(call: Call, lines: Sequence[LotLine]) -> None:
    for position, line in enumerate(lines, start=1):
        lot = Lot(call=call, position=position, **asdict(line))
        require_valid(lot, exclude=["call"])
        lot.save()


def _store_criteria(call: Call, lines: Sequence[CriterionLine]) -> None:
    for position, line in enumerate(lines, start=1):
        criterion = Criterion(call=call, position=position, **asdict(line))
        require_valid(criterion, exclude=["call"])
        criterion.save()


def _record_lines(
    verb: str,
    call: Call,
    before: Sequence[LotLine] | Sequence[CriterionLine],
    after: Sequence[LotLine] | Sequence[CriterionLine],
    actor: Actor,
) -> None:
    call.save(update_fields=["changed_at"])
    record(
        verb,
        actor=actor,
        subject_type="call",
        subject_id=call.pk,
        payload={"before": [asdict(line) for line in before], "after": [asdict(line) for line in after]},
    )
