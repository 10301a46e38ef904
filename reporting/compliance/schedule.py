"""What the background does for compliance: bulk acceptances, and reminders around the day months are due."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from kernel.background import hand_over, hand_over_after_commit
from kernel.periods import Month
from kernel.tenancy import require_tenant
from reporting.compliance.actions.accepting import accept_next
from reporting.compliance.models import BulkAcceptance, MonthReminder
from reporting.compliance.queries.deadlines import due_and_grace_of
from reporting.compliance.queries.handing_in import unhanded
from reporting.compliance.tasks import send_reminder
from tenants.everywhere import in_every_tenant

# A worker does its next part long before; silence for so long means that it is gone, or was never told.
SILENCE = timedelta(minutes=2)
# So long before the day on which a month is due its provider is reminded.
BEFORE = timedelta(days=2)


@shared_task(name="compliance.accept_many")
def accept_many(acceptance_id: str) -> None:
    """Do a bulk acceptance to its end, part by part."""
    require_tenant()
    while accept_next(UUID(acceptance_id)):
        pass


def begin_bulk_acceptance(pk: UUID) -> None:
    """Tell the background after commit; where it cannot be told, `resume_acceptances` will."""
    asked = BulkAcceptance.objects.filter(pk=pk)
    hand_over_after_commit(accept_many, pk, then=lambda: asked.update(moved_at=timezone.now()))


@shared_task(name="compliance.resume_acceptances")
def resume_acceptances() -> int:
    """Hand over again, in every tenant, what no worker goes on with; returns how many acceptances."""

    def resume() -> int:
        before = timezone.now() - SILENCE
        lost = BulkAcceptance.objects.filter(
            Q(moved_at__isnull=True) | Q(moved_at__lt=before), finished_at__isnull=True
        )
        resumed = 0
        for pk in lost.values_list("pk", flat=True):
            resumed += hand_over(accept_many, pk)
            BulkAcceptance.objects.filter(pk=pk).update(moved_at=timezone.now())
        return resumed

    return in_every_tenant(resume)


@shared_task(name="compliance.remind_of_months")
def remind_of_months() -> int:
    """Write reminders of the month that ended, in every tenant, and hand over those not sent; returns how many.

    Providers are reminded from two days before the day on which it is due, and again once grace has passed too. Of a
    month that came back, whichever it is, they are told here where the queue did not take it.
    """

    def remind() -> int:
        today = timezone.localdate()
        month = Month.of(today).previous()
        due, grace = due_and_grace_of([month])[month]
        if today >= due - BEFORE:
            kind = MonthReminder.Kind.LATE if today > grace else MonthReminder.Kind.SOON
            MonthReminder.objects.bulk_create(
                [
                    MonthReminder(contract=contract, month=month.first, kind=kind)
                    for contract in unhanded(month)
                ],
                ignore_conflicts=True,
            )
        unsent = MonthReminder.objects.filter(
            Q(month=month.first) | Q(kind=MonthReminder.Kind.RETURNED), sent_at__isnull=True
        )
        return sum(hand_over(send_reminder, pk) for pk in unsent.values_list("pk", flat=True))

    return in_every_tenant(remind)
