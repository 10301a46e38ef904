"""What the background does for compliance: bulk acceptances, and reminders around the day months are due."""

from datetime import date, timedelta
from uuid import UUID

from celery import shared_task
from django.db.models import Count, Max, Q
from django.utils import timezone

from kernel.background import hand_over, hand_over_after_commit
from kernel.periods import Month, local_date
from kernel.tenancy import require_tenant
from reporting.compliance.actions.accepting import accept_next
from reporting.compliance.models import BulkAcceptance, LateReminder, MonthReminder
from reporting.compliance.queries.deadlines import due_and_grace_of
from reporting.compliance.queries.handing_in import unhanded
from reporting.compliance.queries.late import all_late
from reporting.compliance.tasks import send_late_reminder, send_reminder
from tenants.everywhere import in_every_tenant

# A worker does its next part long before; silence for so long means that it is gone, or was never told.
SILENCE = timedelta(minutes=2)
# So long before the day on which a month is due its provider is reminded.
BEFORE = timedelta(days=2)
# Of what is late both sides are told again so often: at first, and where nothing became late for so long.
AGAIN, LONG = timedelta(days=7), timedelta(days=28)


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
    """Write reminders of months in every tenant, and hand over those not sent; returns how many.

    Providers are reminded of the month that ended from two days before the day on which it is due until grace is over.
    Of all that is late, however old, they and the social unit are told in one mail to each (`_is_due`). Of a month
    that came back providers are told here where the queue did not take it.
    """

    def remind() -> int:
        today = timezone.localdate()
        month = Month.of(today).previous()
        due, grace = due_and_grace_of([month])[month]
        waiting = Q(kind=MonthReminder.Kind.RETURNED)
        if due - BEFORE <= today <= grace:
            _remind_soon(month)
            waiting |= Q(month=month.first)
        _remind_late(today)
        unsent = MonthReminder.objects.filter(waiting, sent_at__isnull=True).values_list("pk", flat=True)
        late = LateReminder.objects.filter(sent_at__isnull=True).values_list("pk", flat=True)
        told = sum(hand_over(send_reminder, pk) for pk in unsent)
        return told + sum(hand_over(send_late_reminder, pk) for pk in late)

    return in_every_tenant(remind)


def _remind_soon(month: Month) -> None:
    MonthReminder.objects.bulk_create(
        [
            MonthReminder(contract=contract, month=month.first, kind=MonthReminder.Kind.SOON)
            for contract in unhanded(month)
        ],
        ignore_conflicts=True,
    )


def _remind_late(today: date) -> None:
    """A reminder for each side that holds or awaits something late and is due to be told again."""
    newest: dict[UUID | None, date] = {}
    for one in all_late(today):
        for side in (one.contract.organisation_id, None):
            newest[side] = max(one.since, newest.get(side, one.since))
    told = LateReminder.objects.values_list("organisation").annotate(
        last=Max("sent_at"), waiting=Count("pk", filter=Q(sent_at__isnull=True))
    )
    last = {side: (sent and local_date(sent), waiting > 0) for side, sent, waiting in told}
    LateReminder.objects.bulk_create(
        [
            LateReminder(organisation_id=side, day=today)
            for side, since in newest.items()
            if _is_due(today, since, *last.get(side, (None, False)))
        ],
        ignore_conflicts=True,
    )


def _is_due(today: date, newest: date, told: date | None, is_waiting: bool) -> bool:
    """At once when another month became late, then every week, after a month every four; one mail waits at most."""
    if is_waiting:
        return False
    return told is None or newest > told or today - told >= (AGAIN if today - newest < LONG else LONG)
