"""Telling a person what became of their appointment, by the ways they gave."""

from kernel.background import send_after_commit
from reporting.advice import tasks
from reporting.advice.models import Appointment, Reminder
from reporting.advice.sms import gateway


def tell(appointment: Appointment, about: str) -> None:
    """Write the message and send it after the commit; nothing for whoever left no address and no number."""
    for channel, reachable in (
        (Reminder.Channel.MAIL, appointment.mail_encrypted is not None),
        (Reminder.Channel.SMS, appointment.phone_encrypted is not None and gateway() is not None),
    ):
        if reachable:
            message = Reminder.objects.create(appointment=appointment, about=about, channel=channel)
            send_after_commit(tasks.send_reminder, message.pk)
