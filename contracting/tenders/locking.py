"""Locks of tenders, taken in this order: the call, its committee, a seat, then rows of offers."""

from uuid import UUID

from django.db.transaction import TransactionManagementError
from django.utils.translation import gettext_lazy as _

from contracting.tenders.models import Call, Committee, Seat
from contracting.tenders.queries.standing import works_for_bidder
from kernel.access import Actor
from kernel.errors import DomainError, NotAllowed
from kernel.tenancy import connection


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError("rows are locked for a transaction, and none has begun")


def lock_call(call: Call) -> Call:
    """The call's row, held until the transaction ends: for verbs that change its state or share out its money."""
    _require_transaction()
    locked: Call = Call.objects.select_for_update().get(pk=call.pk)
    return locked


def share_call(call_id: UUID) -> Call:
    """The call's row, held together with other bidders against its closing and opening."""
    _require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenders_call WHERE id = %s FOR SHARE", [call_id])
    call: Call = Call.objects.get(pk=call_id)
    return call


def lock_committee(call: Call) -> Committee:
    """The committee's row, held alone: for verbs after which nobody may score any more.

    Raises DomainError `no_committee`.
    """
    _require_transaction()
    return _found(Committee.objects.select_for_update().filter(call=call).first())


def share_committee(call: Call) -> Committee:
    """The committee's row, held together with others who score; whoever closes the scoring waits for all of them."""
    _require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenders_committee WHERE call_id = %s FOR SHARE", [call.pk])
    return _found(Committee.objects.filter(call=call).first())


def lock_seat(committee: Committee, actor: Actor) -> Seat:
    """The seat on which the actor works, held until the transaction ends.

    Raises NotAllowed `no_seat` where they have none, `excluded` where the law excludes them or a bidder employs them.
    """
    _require_transaction()
    seat: Seat | None = (
        Seat.objects.current().select_for_update().filter(committee=committee, user_id=actor.user_id).first()
    )
    if seat is None or actor.user_id is None:
        raise NotAllowed(
            "no_seat",
            _("You do not sit on the committee of this call; the director appoints its members."),
        )
    if seat.excluded_at is not None or works_for_bidder(actor.user_id, committee.call):
        raise NotAllowed(
            "excluded",
            _("An organisation that bids named you or you belong to it, so the law excludes you."),
        )
    return seat


def _found(committee: Committee | None) -> Committee:
    if committee is None:
        raise DomainError("no_committee", _("The call has no committee yet: the director appoints it first."))
    return committee
