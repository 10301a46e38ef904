"""Verbs on corrections of accepted months: added to a later month, withdrawn while that month is not accepted."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.validation import require_valid
from reporting.care.locking import hold_person_of
from reporting.compliance.locking import lock_month
from reporting.compliance.models import ContractMonth
from reporting.delivery.models import Visit
from reporting.settlement.actions.justifying import against_more, justified_words
from reporting.settlement.actions.occupying import require_free_for_more
from reporting.settlement.hooks import visits_held_changed
from reporting.settlement.locking import lock_settlements, lock_time
from reporting.settlement.models import AcceptedLine, Adjustment
from reporting.settlement.queries import accepted_lines_of, begun_settlements, carriers_of, is_closing
from ui.formatting import format_minutes_text

_State = ContractMonth.State
_FINAL = frozenset({_State.ACCEPTED, _State.SETTLED})
_NAME_LENGTH = 150
_REASON_LENGTH = 500


@dataclass(frozen=True)
class Correction:
    """What is corrected: a visit, by how many minutes (signed), why (Adjustment.Reason, words), in which month."""

    visit_id: UUID
    minutes: int
    reason: str
    words: str
    carried_in: Month
    justification: str = ""


def add_adjustment(contract: Contract, month: Month, correction: Correction, *, actor: Actor) -> Adjustment:
    """Correct a line of an accepted month of the contract in a later month that is not accepted yet.

    Raises DomainError `not_accepted`, `carrier_not_later`, `carrier_outside`, `carrier_accepted`, `line_unknown`,
    `larger_than_original` (this one alone, or with those that stand already), `visit_known` where the visit would last
    into another one of its worker or person, `justification_missing` where more is counted than the decision grants,
    minutes come back that were refused on acceptance, or the visit is one that had to be justified (its activities, its
    worker), and nobody says why, or naming the field that is wrong.
    """
    carrier = correction.carried_in
    with transaction.atomic():
        for decision in Visit.objects.filter(pk=correction.visit_id).values_list("decision", flat=True):
            hold_person_of(decision)
        row = hold_months(contract, month, carrier)
        line = _lock_line(row, correction.visit_id)
        _require_within(line, correction.minutes)
        more = correction.minutes > 0
        if more:
            _hold_time(line)
            require_free_for_more(line, line.adjusted_minutes + correction.minutes, field="minutes")
        points = list(against_more(row, line, correction.minutes)) if more else []
        words = justified_words(correction.words, correction.justification if more else "", points)
        adjustment = Adjustment(
            line=line,
            minutes=correction.minutes,
            reason=correction.reason,
            words=words,
            carried_in=carrier.first,
            made_by=actor.user_id,
            made_by_name=actor.label[:_NAME_LENGTH],
        )
        require_valid(adjustment, exclude=["line", "made_by", "made_by_name"])
        adjustment.save()
        line.adjusted_minutes += correction.minutes
        line.save(update_fields=["adjusted_minutes"])
        note_adjustment(
            "add_adjustment",
            row,
            adjustment,
            actor,
            reason=correction.reason,
            justified=[str(code) for code, _text in points],
        )
    return adjustment


def withdraw_adjustment(adjustment: Adjustment, *, reason: str, actor: Actor) -> Adjustment:
    """Take a correction back, with a reason; it stays readable as withdrawn.

    Raises DomainError `carrier_accepted` once the month that carries it is accepted, `withdrawn_already`,
    `corrected_since` where others would then take more than the visit has or add what this one made room for,
    `visit_known` where the time that it freed is another visit's since, and without a reason.
    """
    words = reason.strip()
    with transaction.atomic():
        line = AcceptedLine.objects.select_related("contract").get(pk=adjustment.line_id)
        hold_person_of(line.decision_id)
        row = hold_months(line.contract, Month.of(line.month), Month.of(adjustment.carried_in), adding=False)
        line = AcceptedLine.objects.select_for_update().get(pk=line.pk)
        locked: Adjustment = Adjustment.objects.select_for_update().get(pk=adjustment.pk)
        if locked.withdrawn_at is not None:
            raise DomainError(
                "withdrawn_already",
                _("This correction was withdrawn already. Open the month again and look at it."),
                field="state",
            )
        if not 0 < len(words) <= _REASON_LENGTH:
            raise DomainError(
                "reason_missing",
                _("Write the reason, in at most 500 characters: the other side reads it."),
                field="reason",
            )
        _require_left(line, locked)
        if locked.minutes < 0:
            _hold_time(line)
            require_free_for_more(line, line.adjusted_minutes - locked.minutes, field="state")
        locked.withdrawn_at, locked.withdrawn_by_name = timezone.now(), actor.label[:_NAME_LENGTH]
        locked.withdrawn_reason = words
        locked.save(update_fields=["withdrawn_at", "withdrawn_by_name", "withdrawn_reason"])
        line.adjusted_minutes -= locked.minutes
        line.save(update_fields=["adjusted_minutes"])
        note_adjustment("withdraw_adjustment", row, locked, actor, reason=words)
    return locked


def refuse_reopening_corrected(contract: Contract, month: Month) -> None:
    """An accepted month with corrections that stand stays closed: they name its lines. Asked under its lock.

    Raises DomainError `month_corrected`.
    """
    standing = Adjustment.objects.standing().filter(line__contract=contract, line__month=month.first)
    if carriers := sorted(set(standing.values_list("carried_in", flat=True))):
        raise DomainError(
            "month_corrected",
            format_lazy(
                _(
                    "Corrections of this month stand in {months}: withdraw them there first, then open it again."
                ),
                months=", ".join(month_text(day) for day in carriers),
            ),
            field="month",
            value=month,
        )


def hold_months(contract: Contract, month: Month, carrier: Month, *, adding: bool = True) -> ContractMonth:
    """The accepted month's row; both months are held, the earlier first, and both are in a state that allows it.

    Where no month of the contract can carry it any more, the one after the last does, while the settlement that closes
    the contract is a draft. Without `adding` a correction is there already and is taken out: what it is carried by may
    lie after the contract's end, or within it, since an amendment moved that.
    """
    if carrier <= month:
        raise DomainError(
            "carrier_not_later",
            format_lazy(
                _("A correction of {month} is carried by a later month: choose a month after it."),
                month=month_text(month.first),
            ),
            field="carried_in",
            value=carrier,
        )
    # Settlements before months, as everywhere.
    lock_settlements(contract.pk)
    closes, begun = is_closing(contract, carrier), carrier.first in begun_settlements(contract)
    outside = carrier.first > contract.valid_to
    if outside and (carrier not in carriers_of(contract, month) if adding else closes and begun):
        raise DomainError(
            "carrier_outside",
            format_lazy(
                _(
                    "The contract ends on {day}, and {month} lies after it. Choose a month of the contract that is not "
                    "accepted; once all are, the month after the last one, until its settlement is confirmed."
                ),
                day=f"{contract.valid_to:%d.%m.%Y}",
                month=month_text(carrier.first),
            ),
            field="carried_in",
            value=carrier,
        )
    row = lock_month(contract, month)
    if row.state not in _FINAL:
        raise DomainError(
            "not_accepted",
            format_lazy(
                _("{month} is not accepted: correct the visit in the diary instead."),
                month=month_text(month.first),
            ),
            field="month",
            value=month,
        )
    if not closes and (begun or lock_month(contract, carrier).state in _FINAL):
        raise DomainError(
            "carrier_accepted",
            format_lazy(
                _("{month} is accepted already and its figures are final: choose a later month."),
                month=month_text(carrier.first),
            ),
            field="carried_in",
            value=carrier,
        )
    return row


def _lock_line(row: ContractMonth, visit_id: UUID) -> AcceptedLine:
    """The line of the visit, kept as it was accepted, held until the transaction ends."""
    known: AcceptedLine | None = AcceptedLine.objects.select_for_update().filter(visit_id=visit_id).first()
    # Where no correction stands, the month may have been opened and accepted anew since: it is read once more.
    if known is not None and Adjustment.objects.standing().filter(line=known).exists():
        return known
    accepted = next((one for one in accepted_lines_of(row) if one.visit == visit_id), None)
    if accepted is None or accepted.accepted <= 0:
        raise DomainError(
            "line_unknown",
            _(
                "This visit was not accepted in the month, so there is nothing to correct: choose one that was."
            ),
            field="visit_id",
        )
    values: dict[str, Any] = {
        "contract_id": row.contract_id,
        "decision_id": accepted.decision,
        "month": row.month,
        "date": accepted.date,
        "start": accepted.start,
        "worker": accepted.worker,
        "minutes": accepted.accepted,
    }
    line: AcceptedLine = AcceptedLine.objects.update_or_create(visit_id=visit_id, defaults=values)[0]
    return line


def _hold_time(line: AcceptedLine) -> None:
    lock_time(line.worker, line.decision.person_id)


def _require_left(line: AcceptedLine, taken_out: Adjustment) -> None:
    left = line.adjusted_minutes - taken_out.minutes
    least, most = (0, 24 * 60) if line.is_late else (-line.minutes, line.minutes)
    # Who added minutes after some were taken off was asked to justify what remained, not what would be there now.
    added_since = (
        taken_out.minutes < 0
        and left > 0
        and Adjustment.objects.standing()
        .filter(line=line, minutes__gt=0, made_at__gt=taken_out.made_at)
        .exists()
    )
    if added_since or not least <= left <= most:
        raise DomainError(
            "corrected_since",
            _("Later corrections of this visit rest on this one: withdraw those first."),
            field="state",
        )


def _require_within(line: AcceptedLine, minutes: int) -> None:
    # Nothing of a late visit was accepted in its month: what a later one counts of it is what can be corrected.
    whole = line.adjusted_minutes if line.is_late else line.minutes
    standing = 0 if line.is_late else line.adjusted_minutes
    if abs(minutes) > whole or abs(standing + minutes) > whole:
        text = (
            _(
                "The visit of {day} was accepted with {original}. A correction of {wanted}, with {standing} corrected "
                "already, would exceed the visit itself: correct it by at most its own length in all."
            )
            if standing
            else _(
                "The visit of {day} was accepted with {original}. A correction of {wanted} is larger than the visit "
                "itself: correct it by at most its own length."
            )
        )
        raise DomainError(
            "larger_than_original",
            format_lazy(
                text,
                day=f"{line.date:%d.%m.%Y}",
                original=format_minutes_text(whole),
                wanted=_signed(minutes),
                standing=_signed(standing),
            ),
            field="minutes",
            value=minutes,
        )
    if line.minutes + line.adjusted_minutes + minutes > 24 * 60:
        raise DomainError(
            "longer_than_a_day",
            _("A visit lasts at most 24 hours: the corrected visit would be longer. Lower the correction."),
            field="minutes",
            value=minutes,
        )


def _signed(minutes: int) -> str:
    return f"{'−' if minutes < 0 else '+'}{format_minutes_text(abs(minutes))}"


def month_text(day: date) -> str:
    return f"{day:%m.%Y}"


def note_adjustment(
    verb: str, row: ContractMonth, adjustment: Adjustment, actor: Actor, **facts: Any
) -> None:
    line = adjustment.line
    if line.is_late or adjustment.reason == Adjustment.Reason.NOT_HELD:
        visits_held_changed.fire(contract=line.contract, month=Month.of(row.month), actor=actor)
    record(
        verb,
        actor=actor,
        subject_type="contract_month",
        subject_id=row.pk,
        payload={
            "contract": row.contract_id,
            "month": row.month,
            "adjustment": adjustment.pk,
            "visit": line.visit_id,
            "decision": line.decision_id,
            "minutes": adjustment.minutes,
            "carried_in": adjustment.carried_in,
            **facts,
        },
    )
