"""Verbs on workers and on the qualifications they hold."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning.actions import name_unknown_qualifications
from contracting.contracts.actions.contracts import require_partner
from contracting.contracts.locking import hold_worker
from contracting.contracts.models import NamedStaff, Worker, WorkerQualification
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from tenants.models import Organisation


def worker_stamp(worker: Worker) -> str:
    """The stamp of the worker as they stand."""
    return stamp_of(worker.code, worker.surname, worker.given_name, worker.active)


def create_worker(
    *, code: str, surname: str, given_name: str, organisation: Organisation, actor: Actor
) -> Worker:
    """A new worker of a partner. Raises DomainError with the fields that are wrong."""
    require_partner(organisation.pk)
    worker = Worker(code=code, surname=surname, given_name=given_name, organisation=organisation)
    with transaction.atomic():
        _save_worker(worker)
        record(
            "create_worker",
            actor=actor,
            subject_type="worker",
            subject_id=worker.pk,
            payload={"code": code, "organisation": organisation.pk},
        )
    return worker


def edit_worker(
    worker: Worker, *, code: str, surname: str, given_name: str, seen: str | None = None, actor: Actor
) -> Worker:
    """Correct a worker's code or name.

    Raises Conflict where the worker is no longer what the editor saw (`seen`, a worker_stamp).
    """
    with transaction.atomic():
        locked = hold_worker(worker)
        require_unchanged(seen, worker_stamp(locked))
        given: dict[str, Any] = {"code": code, "surname": surname, "given_name": given_name}
        changed = [field for field, value in given.items() if getattr(locked, field) != value]
        before_code = locked.code
        for field in changed:
            setattr(locked, field, given[field])
        if changed:
            _save_worker(locked)
            record(
                "edit_worker",
                actor=actor,
                subject_type="worker",
                subject_id=locked.pk,
                payload={"fields": changed, "code": [before_code, code]},
            )
    return locked


def _save_worker(worker: Worker) -> None:
    require_valid(worker, exclude=["organisation"])
    try:
        with transaction.atomic():
            worker.save()
    except IntegrityError as error:
        raise DomainError(
            "worker_exists",
            _("Another worker has this code. Choose a different one."),
            field="code",
            value=worker.code,
        ) from error


def end_worker(worker: Worker, *, last_day: date, actor: Actor) -> Worker:
    """The worker leaves: after the last day they have no visits, and contracts name them up to it.

    The diary keeps their visits. Raises DomainError `ended_already`.
    """
    with transaction.atomic():
        locked = hold_worker(worker)
        if not locked.active:
            raise DomainError("ended_already", _("This worker's work has ended already."))
        locked.active, locked.ended_on = False, last_day
        locked.save(update_fields=["active", "ended_on"])
        named = NamedStaff.objects.filter(worker=locked).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=last_day)
        )
        begun = named.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=last_day))
        shortened = list(begun.values_list("contract_id", flat=True))
        begun.update(valid_to=last_day)
        removed = list(
            named.filter(valid_from__gt=last_day).values_list("contract_id", "valid_from", "valid_to")
        )
        named.filter(valid_from__gt=last_day).delete()
        record(
            "end_worker",
            actor=actor,
            subject_type="worker",
            subject_id=locked.pk,
            payload={"last_day": last_day, "named_until_then_in": shortened, "no_longer_named_in": removed},
        )
    return locked


def reinstate_worker(worker: Worker, *, actor: Actor) -> Worker:
    """The worker works again; contracts that are to name them must name them anew."""
    with transaction.atomic():
        locked = hold_worker(worker)
        if locked.active:
            raise DomainError("works_already", _("This worker works already."))
        before = locked.ended_on
        locked.active, locked.ended_on = True, None
        locked.save(update_fields=["active", "ended_on"])
        record(
            "reinstate_worker",
            actor=actor,
            subject_type="worker",
            subject_id=locked.pk,
            payload={"last_day": [before, None]},
        )
    return locked


def add_qualification(
    worker: Worker, *, code: str, valid_from: date, valid_to: date | None, actor: Actor
) -> WorkerQualification:
    """A qualification that the worker holds, open where it has no end. Raises DomainError with what is wrong."""
    held = WorkerQualification(worker=worker, code=code, valid_from=valid_from, valid_to=valid_to)
    with transaction.atomic():
        hold_worker(worker)
        _save_qualification(held)
        record(
            "add_qualification",
            actor=actor,
            subject_type="worker",
            subject_id=worker.pk,
            payload={"after": [code, valid_from, valid_to]},
        )
    return held


def qualification_stamp(held: WorkerQualification) -> str:
    """The stamp of a qualification as it stands."""
    return stamp_of(held.code, held.valid_from, held.valid_to)


def change_qualification(
    held: WorkerQualification,
    *,
    code: str,
    valid_from: date,
    valid_to: date | None,
    seen: str | None = None,
    actor: Actor,
) -> WorkerQualification:
    """Correct a qualification or give it its end.

    Raises Conflict where it is no longer what the editor saw (`seen`, a qualification_stamp).
    """
    with transaction.atomic():
        hold_worker(held.worker)
        locked: WorkerQualification = WorkerQualification.objects.select_for_update().get(pk=held.pk)
        require_unchanged(seen, qualification_stamp(locked))
        before = [locked.code, locked.valid_from, locked.valid_to]
        locked.code, locked.valid_from, locked.valid_to = code, valid_from, valid_to
        _save_qualification(locked)
        record(
            "change_qualification",
            actor=actor,
            subject_type="worker",
            subject_id=locked.worker_id,
            payload={"before": before, "after": [code, valid_from, valid_to]},
        )
    return locked


def remove_qualification(held: WorkerQualification, *, actor: Actor) -> None:
    """Take back a qualification that was entered by mistake."""
    with transaction.atomic():
        hold_worker(held.worker)
        locked: WorkerQualification = WorkerQualification.objects.select_for_update().get(pk=held.pk)
        record(
            "remove_qualification",
            actor=actor,
            subject_type="worker",
            subject_id=locked.worker_id,
            payload={"before": [locked.code, locked.valid_from, locked.valid_to]},
        )
        locked.delete()


def _save_qualification(held: WorkerQualification) -> None:
    if held.valid_to and held.valid_to < held.valid_from:
        raise DomainError(
            "qualification_period",
            _("The qualification ends before it begins: correct one of the dates."),
            field="valid_to",
            value=held.valid_to,
        )
    name_unknown_qualifications([held.code])
    require_valid(held, exclude=["worker"])
    try:
        with transaction.atomic():
            held.save()
    except IntegrityError as error:
        raise DomainError(
            "qualification_twice",
            _("The worker has this qualification from this day already."),
            field="valid_from",
            value=held.valid_from,
        ) from error
