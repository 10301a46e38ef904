"""What the clock starts for advice: reminders of tomorrow's appointments, slots of the weeks ahead."""

from datetime import timedelta

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from kernel.access import Actor
from kernel.background import hand_over
from reporting.advice.actions.offers import end_passed_offers
from reporting.advice.actions.slots import make_all_slots
from reporting.advice.models import Appointment, Reminder
from reporting.advice.sms import gateway
from reporting.advice.tasks import send_reminder
from tenants.everywhere import in_every_tenant

_OPEN = (Appointment.State.PLANNED, Appointment.State.CONFIRMED)


@shared_task(name="advice.remind")
def remind() -> int:
    """Write reminders of tomorrow's appointments, in every tenant, and hand over those not sent; returns how many."""
    return in_every_tenant(remind_of_tomorrow)


def remind_of_tomorrow() -> int:
    """The same in the tenant at hand, and messages on moved and cancelled ones that a mail server away held up."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    booked = Appointment.objects.filter(date=tomorrow, state__in=_OPEN)
    mails = booked.filter(mail_encrypted__isnull=False)
    phones = booked.filter(phone_encrypted__isnull=False) if gateway() else booked.none()
    Reminder.objects.bulk_create(
        [
            Reminder(appointment_id=pk, channel=channel)
            for channel, rows in ((Reminder.Channel.MAIL, mails), (Reminder.Channel.SMS, phones))
            for pk in rows.order_by().values_list("pk", flat=True)
        ],
        ignore_conflicts=True,
    )
    changed = ~Q(about=Reminder.About.DAY_BEFORE) & Q(appointment__date__gte=timezone.localdate())
    unsent = Reminder.objects.filter(Q(appointment__date=tomorrow) | changed, sent_at__isnull=True)
    return sum(hand_over(send_reminder, pk) for pk in unsent.values_list("pk", flat=True))


@shared_task(name="advice.end_offers")
def end_offers() -> int:
    """Pass on, in every tenant, the freed times that nobody took while they were held; returns how many."""
    return in_every_tenant(lambda: end_passed_offers(actor=Actor.system("advice")))


@shared_task(name="advice.make_slots")
def make_slots() -> int:
    """Make the slots of the weeks ahead in every tenant; returns how many."""
    return in_every_tenant(lambda: make_all_slots(timezone.localdate()))
