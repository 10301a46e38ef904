"""Verbs of retention: classes, holds, the proposal of what is past its term, and its confirmation by a protocol."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel import locks
from kernel.access import Actor
from kernel.background import hand_over_after_commit
from kernel.clearing import Keeper, keeper_of
from kernel.errors import Conflict, DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.tenancy import require_tenant
from kernel.validation import require_valid
from reporting.care.locking import hold_person
from reporting.care.models import Person
from reporting.retention.models import (
    PERSONS,
    Clearance,
    ClearanceLine,
    FailedProposal,
    Hold,
    RetentionClass,
)
from reporting.retention.queries import assess, past_their_term, terms_by_kind
from reporting.retention.tasks import erase_told


def _alone() -> None:
    """One at a time goes about classes, proposals and confirmations of a tenant, until the transaction ends."""
    locks.hold("retention")


def _told(row: RetentionClass) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "valid_from": row.valid_from,
        "symbol": row.symbol,
        "category": row.label,
        "source": row.source,
    }


@transaction.atomic
def add_class(values: dict[str, Any], *, actor: Actor) -> RetentionClass:
    """Enter a class of the unit's index. Raises DomainError with the field that is wrong."""
    _alone()
    row = RetentionClass(**values)
    require_valid(row)
    row.save(force_insert=True)
    _note("add_retention_class", _told(row), actor)
    return row


@transaction.atomic
def remove_class(row: RetentionClass, *, actor: Actor) -> None:
    """Remove a class that was entered wrongly; what was anonymised by it stays so."""
    _alone()
    locked = RetentionClass.objects.select_for_update().filter(pk=row.pk).first()
    if locked is None:
        raise Conflict("class_gone", _("This class was removed a moment ago. Look at the list."))
    told = _told(locked)
    locked.delete()
    _note("remove_retention_class", told, actor)


def _note(verb: str, payload: dict[str, Any], actor: Actor) -> None:
    tenant = require_tenant()
    record(verb, actor=actor, subject_type="tenant", subject_id=tenant.pk, payload=payload)


@transaction.atomic
def place_hold(person: Person, *, reason: str, reference: str, actor: Actor) -> Hold:
    """Keep a person's data back, whatever the term. Raises DomainError where it is held for this case already, Conflict
    where the person is anonymised."""
    locked = hold_person(person.pk)
    hold = Hold(person=locked, reason=reason, reference=reference.strip(), placed_by_name=actor.label[:200])
    require_valid(hold)
    hold.save(force_insert=True)
    _note_hold("place_hold", hold, actor)
    return hold


@transaction.atomic
def lift_hold(hold: Hold, *, actor: Actor) -> Hold:
    """End a hold: the case is over. Lifting it again changes nothing."""
    locked: Hold = Hold.objects.select_for_update().get(pk=hold.pk)
    if locked.lifted_at is None:
        locked.lifted_at, locked.lifted_by_name = timezone.now(), actor.label[:200]
        locked.save(update_fields=["lifted_at", "lifted_by_name"])
        _note_hold("lift_hold", locked, actor)
    return locked


@transaction.atomic
def keep_back(line: ClearanceLine, *, reason: str, reference: str, actor: Actor) -> Hold:
    """Keep the subject of a line back, whatever the term. Raises DomainError where it is held for this case already,
    Conflict where the list is over."""
    _alone()
    clearance = Clearance.objects.filter(lines=line.pk, state=Clearance.State.PROPOSED).first()
    if clearance is None:
        raise _over()
    if line.person_id is not None:
        return place_hold(
            Person.objects.get(pk=line.person_id), reason=reason, reference=reference, actor=actor
        )
    hold = Hold(
        kind=clearance.kind,
        subject=line.subject,
        reason=reason,
        reference=reference.strip(),
        placed_by_name=actor.label[:200],
    )
    require_valid(hold)
    hold.save(force_insert=True)
    _note_hold("place_hold", hold, actor)
    return hold


def _note_hold(verb: str, hold: Hold, actor: Actor) -> None:
    payload = {"hold": hold.pk, "reason": hold.reason}
    subject_type = keeper_of(hold.kind).subject_type
    record(verb, actor=actor, subject_type=subject_type, subject_id=hold.key, payload=payload)


@transaction.atomic
def propose_clearance(kind: str = PERSONS, *, replaces: str | None = None, actor: Actor) -> int:
    """Make the list of what is past its term of one kind of list; how many subjects the list at hand holds then.

    A list that stands is left as it is, for its protocol may be on its way: what is past its term since waits for the
    next. `replaces`, the clearance_stamp of the one that was seen, puts the new list in its place; raises Conflict
    where that one is over or changed meanwhile.
    """
    _alone()
    standing = Clearance.objects.filter(kind=kind, state=Clearance.State.PROPOSED).first()
    if standing is not None and replaces is None:
        return int(standing.lines.count())
    if replaces is not None:
        if standing is None:
            raise _over()
        require_unchanged(replaces, clearance_stamp(standing))
        Clearance.objects.filter(pk=standing.pk).delete()
    today = timezone.localdate()
    past = past_their_term(keeper_of(kind), today)
    FailedProposal.objects.filter(kind=kind).delete()
    clearance = Clearance.objects.create(kind=kind) if past else None
    ClearanceLine.objects.bulk_create(
        ClearanceLine(
            clearance=clearance,
            **({"person_id": key} if kind == PERSONS else {"subject": key}),
            past_from=found.judged.past_from or today,
            classes=found.classes,
            expertise=found.judged.expertise,
        )
        for key, found in past
    )
    if clearance or standing:
        replaced = {"replaces": standing.pk} if standing else {}
        told = {"kind": kind, "subjects": len(past), **replaced}
        _note_clearance("propose_clearance", clearance or standing, told, actor)
    return len(past)


def _over() -> Conflict:
    return Conflict(
        "clearance_over",
        _("This list was carried out or made anew meanwhile. Look at the page of retention."),
    )


def clearance_stamp(clearance: Clearance) -> str:
    """The stamp of a proposal as it stands: what is on it."""
    return stamp_of(str(clearance.pk), sorted(line.key for line in clearance.lines.all()))


@transaction.atomic
def confirm_clearance(
    clearance: Clearance,
    *,
    protocol: str,
    approved_on: date,
    expertise: str = "",
    seen: str | None = None,
    actor: Actor,
) -> Clearance:
    """Anonymise what is on the list and is past the term still, by a protocol that was approved.

    Subjects are held and judged anew: what a decision, a hold or a month keeps by now stays as it is, with why on its
    line. Raises Conflict where the list is no longer what was seen (`seen`, a clearance_stamp) or was confirmed,
    DomainError with the field that is wrong.
    """
    _alone()
    locked: Clearance | None = Clearance.objects.select_for_update().filter(pk=clearance.pk).first()
    if locked is None or locked.state != Clearance.State.PROPOSED:
        raise _over()
    require_unchanged(seen, clearance_stamp(locked))
    today = timezone.localdate()
    _require_protocol(locked, protocol, approved_on, expertise, today)
    lines, keeper = sorted(locked.lines.all(), key=lambda line: line.key), keeper_of(locked.kind)
    done = _judge_anew(keeper, lines, today)
    rest_stays = keeper.take_off(done)
    for line in lines:
        line.rest_stays = line.key in rest_stays
    ClearanceLine.objects.bulk_update(lines, ["state", "why_kept", "rest_stays"], batch_size=500)
    locked.state, locked.protocol, locked.approved_on = Clearance.State.CONFIRMED, protocol, approved_on
    locked.expertise, locked.confirmed_at = expertise, timezone.now()
    locked.confirmed_by_name = actor.label[:200]
    require_valid(locked)
    locked.save()
    payload = {
        "kind": locked.kind,
        "protocol": protocol,
        "approved_on": approved_on,
        "expertise": expertise,
        "anonymised": done,
        "kept": [line.key for line in lines if line.state == ClearanceLine.State.KEPT],
        "rest_stays": sorted(rest_stays),
    }
    _note_clearance("confirm_clearance", locked, payload, actor)
    # Web servers may not change the record (decision 0036); what is not handed over the daily run finishes.
    hand_over_after_commit(erase_told, locked.pk, then=lambda: None)
    return locked


def _judge_anew(keeper: Keeper, lines: list[ClearanceLine], today: date) -> list[str]:
    """Hold the subjects of these lines, note what becomes of each line, and give those that nothing keeps."""
    held = keeper.hold([line.key for line in lines])
    found = assess(keeper, held, today, terms_by_kind())
    done = []
    for line in lines:
        one = found.get(line.key)
        if one is not None and one.is_past(today):
            line.state = ClearanceLine.State.DONE
            done.append(line.key)
        else:
            line.state = ClearanceLine.State.KEPT
            line.why_kept = one.why(today) if one is not None else _now("it was anonymised meanwhile")
    return done


def _require_protocol(
    clearance: Clearance, protocol: str, approved_on: date, expertise: str, today: date
) -> None:
    if not protocol.strip():
        raise DomainError(
            "protocol_missing",
            _("Write the number of the approved protocol: nothing is anonymised without one."),
            field="protocol",
        )
    proposed_on = timezone.localdate(clearance.proposed_at)
    if not proposed_on <= approved_on <= today:
        raise DomainError(
            "approved_outside",
            _("The protocol approves this list: choose a day from %(first)s to %(last)s.")
            % {"first": f"{proposed_on:%d.%m.%Y}", "last": f"{today:%d.%m.%Y}"},
            field="approved_on",
            value=approved_on,
        )
    if not expertise.strip() and clearance.lines.filter(expertise=True).exists():
        raise DomainError(
            "expertise_missing",
            _(
                "Files of category BE are on the list: write the reference of the state archive's decision after its "
                "expertise."
            ),
            field="expertise",
        )


def _note_clearance(verb: str, clearance: Clearance, payload: dict[str, Any], actor: Actor) -> None:
    record(verb, actor=actor, subject_type="clearance", subject_id=clearance.pk, payload=payload)
