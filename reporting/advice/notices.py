"""Reminders of appointments: when, and where to confirm or cancel; never who, with whom or about what."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.mailing import mail_address
from kernel.crypto import decrypt
from kernel.tenancy import require_tenant
from reporting.advice.links import answer_path
from reporting.advice.models import Appointment, Reminder
from reporting.advice.sms import gateway
from ui.formatting import format_date_text


def remind(reminder: Reminder) -> None:
    """Send one reminder. Raises SMTPException or OSError where mail server or gateway is away."""
    appointment = reminder.appointment
    if reminder.channel == Reminder.Channel.MAIL:
        _by_mail(appointment)
    else:
        _by_sms(appointment)


def _by_mail(appointment: Appointment) -> None:
    if appointment.mail_encrypted is None:
        return
    mail_address(
        decrypt(bytes(appointment.mail_encrypted)),
        "advice/mail/reminder",
        {"appointment": appointment, "tenant": require_tenant()},
        path=answer_path(appointment),
    )


def _by_sms(appointment: Appointment) -> None:
    chosen = gateway()
    if appointment.phone_encrypted is None or chosen is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        text = _("Appointment %(day)s, %(time)s. Confirm or cancel: %(url)s") % {
            "day": format_date_text(appointment.date),
            "time": f"{appointment.start:%H:%M}",
            "url": settings.SITE_URL.rstrip("/") + answer_path(appointment),
        }
    chosen.send(decrypt(bytes(appointment.phone_encrypted)), text)
