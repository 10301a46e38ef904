"""Verbs that join a worker and the account with which they see and write their own visits."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.locking import hold_worker
from contracting.contracts.models import Worker
from contracting.contracts.queries import carers_beside
from kernel.access import Actor
from kernel.errors import DomainError


def link_account(worker: Worker, *, user_id: UUID, actor: Actor) -> Worker:
    """Whoever signs in with the account is this worker from now on; an account linked before is let go.

    Raises DomainError where the account is no current carer of the worker's organisation, where another worker of it
    has the account, or where the work has ended.
    """
    with transaction.atomic():
        locked = hold_worker(worker)
        _require_linkable(locked, user_id)
        if locked.user_id != user_id:
            _save_account(locked, user_id, verb="link_account", actor=actor)
    return locked


def unlink_account(worker: Worker, *, actor: Actor) -> Worker:
    """The account no longer sees or writes the visits of this worker. Raises DomainError `not_linked`."""
    with transaction.atomic():
        locked = hold_worker(worker)
        if locked.user_id is None:
            raise DomainError("not_linked", _("This worker has no account."))
        _save_account(locked, None, verb="unlink_account", actor=actor)
    return locked


def _require_linkable(worker: Worker, user_id: UUID) -> None:
    if not worker.active:
        raise DomainError(
            "work_ended",
            _("This worker's work has ended. Let them work again first."),
            field="account",
        )
    if not carers_beside(worker).filter(user_id=user_id).exists():
        raise DomainError(
            "no_carer",
            _(
                "This account has no current role of a carer in the worker's organisation. "
                "Choose another, or invite the carer."
            ),
            field="account",
        )
    _refuse_taken(worker, user_id)


def _refuse_taken(worker: Worker, user_id: UUID) -> None:
    workers = Worker.objects.filter(organisation_id=worker.organisation_id, user_id=user_id)
    other = workers.exclude(pk=worker.pk).first()
    if other is not None:
        raise DomainError(
            "account_taken",
            _("This account belongs to the worker with the code %(code)s. Unlink it there first.")
            % {"code": other.code},
            field="account",
        )


def _save_account(worker: Worker, user_id: UUID | None, *, verb: str, actor: Actor) -> None:
    before, worker.user_id = worker.user_id, user_id
    try:
        with transaction.atomic():
            worker.save(update_fields=["user_id"])
    except IntegrityError as error:
        raise DomainError(
            "account_taken",
            _("Somebody gave this account to another worker a moment ago. Choose another."),
            field="account",
        ) from error
    record(
        verb,
        actor=actor,
        subject_type="worker",
        subject_id=worker.pk,
        payload={"account": [before, user_id]},
    )
