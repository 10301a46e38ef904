"""Work on calls that is handed over: mails to bidders, committees and to whoever asked, by id, sent once."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from contracting.tenders import notices
from contracting.tenders.models import Amendment, Call, FormalCheck, OfferPartner, Opening, Question
from kernel.background import UNTIL_SENT
from kernel.tenancy import require_tenant

# After that long without a mail the queue must have been away when it was handed over.
PATIENCE = timedelta(minutes=5)


@shared_task(name="tenders.notify_amendment", **UNTIL_SENT)
def notify_amendment(amendment_id: str) -> None:
    """Write to everybody who has an offer or a draft on the call, once."""
    require_tenant()
    with transaction.atomic():
        amendment = (
            Amendment.objects.select_for_update(skip_locked=True, of=["self"])
            .select_related("call")
            .filter(pk=UUID(amendment_id), notified_at__isnull=True)
            .first()
        )
        if amendment is None:
            return
        amendment.notified_at = timezone.now()
        amendment.save(update_fields=["notified_at"])
        # Inside the transaction: a mail that cannot be sent leaves the amendment waiting.
        notices.tell_bidders(amendment.call, "amendment", amendment=amendment)


@shared_task(name="tenders.notify_answer", **UNTIL_SENT)
def notify_answer(question_id: str) -> None:
    """Write to whoever asked that the answer is public, once."""
    require_tenant()
    with transaction.atomic():
        question = (
            Question.objects.select_for_update(skip_locked=True, of=["self"])
            .select_related("call")
            .filter(pk=UUID(question_id), answered_at__isnull=False, notified_at__isnull=True)
            .first()
        )
        if question is None:
            return
        question.notified_at = timezone.now()
        question.save(update_fields=["notified_at"])
        notices.tell_asker(question.call, question.asked_by)


@shared_task(name="tenders.notify_correction", **UNTIL_SENT)
def notify_correction(check_id: str) -> None:
    """Write to whoever may correct the offer that it has to be corrected, once for each time it is asked for."""
    require_tenant()
    with transaction.atomic():
        check = (
            FormalCheck.objects.select_for_update(skip_locked=True, of=["self"])
            .select_related("offer__call")
            .filter(
                pk=UUID(check_id),
                result=FormalCheck.Result.CORRECTION,
                correction_until__gt=timezone.now(),
                notified_at__isnull=True,
            )
            .first()
        )
        if check is None:
            return
        check.notified_at = timezone.now()
        check.save(update_fields=["notified_at"])
        notices.tell_of_correction(check)


@shared_task(name="tenders.notify_joint_offer", **UNTIL_SENT)
def notify_joint_offer(partner_id: str) -> None:
    """Write to whoever may answer for the organisation that it is asked to offer jointly, once each time."""
    require_tenant()
    with transaction.atomic():
        partner = (
            OfferPartner.objects.of_draft()
            .select_for_update(skip_locked=True, of=["self"])
            .select_related("offer__call")
            .filter(pk=UUID(partner_id), state=OfferPartner.State.ASKED, notified_at__isnull=True)
            .first()
        )
        if partner is None:
            return
        partner.notified_at = timezone.now()
        partner.save(update_fields=["notified_at"])
        notices.tell_of_joint_offer(partner)


@shared_task(name="tenders.notify_opening", **UNTIL_SENT)
def notify_opening(opening_id: str) -> None:
    """Write to the committee and to the bidders that the offers are open, once."""
    require_tenant()
    with transaction.atomic():
        opening = (
            Opening.objects.select_for_update(skip_locked=True, of=["self"])
            .select_related("call")
            .filter(pk=UUID(opening_id), opened_at__isnull=False, notified_at__isnull=True)
            .first()
        )
        if opening is None:
            return
        opening.notified_at = timezone.now()
        opening.save(update_fields=["notified_at"])
        notices.tell_of_opening(opening.call)


@shared_task(name="tenders.notify_annulment", **UNTIL_SENT)
def notify_annulment(call_id: str) -> None:
    """Write to everybody who has an offer or a draft on the call that it is annulled, once."""
    require_tenant()
    with transaction.atomic():
        call = _ended(call_id, Call.State.ANNULLED)
        if call is not None:
            notices.tell_bidders(call, "annulment")


@shared_task(name="tenders.notify_results", **UNTIL_SENT)
def notify_results(call_id: str) -> None:
    """Write to the bidders whose offers were handed in that the results are public, once."""
    require_tenant()
    with transaction.atomic():
        call = _ended(call_id, Call.State.DECIDED)
        if call is not None:
            notices.tell_of_results(call)


def _ended(call_id: str, state: str) -> Call | None:
    """The call that ended so, marked as told; None where it goes on or its mail went out before."""
    call: Call | None = (
        Call.objects.select_for_update(skip_locked=True)
        .filter(pk=UUID(call_id), state=state, end_notified_at__isnull=True)
        .first()
    )
    if call is not None:
        call.end_notified_at = timezone.now()
        call.save(update_fields=["end_notified_at"])
    return call
