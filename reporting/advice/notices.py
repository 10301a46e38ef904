"""Messages on appointments: when, and where to confirm or cancel; never who, with whom or about what."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy

from accounts.mailing import mail_address
from kernel.crypto import decrypt
from kernel.tenancy import require_tenant
from reporting.advice.links import answer_path
from reporting.advice.models import Reminder
from reporting.advice.sms import gateway
from ui.formatting import format_date_text

_MAILS = {
    Reminder.About.DAY_BEFORE: "advice/mail/reminder",
    Reminder.About.MOVED: "advice/mail/moved",
    Reminder.About.CANCELLED: "advice/mail/cancelled",
}
_SHORT = {
    Reminder.About.DAY_BEFORE: gettext_lazy("Appointment %(day)s, %(time)s. Confirm or cancel: %(url)s"),
    Reminder.About.MOVED: gettext_lazy(
        "Your appointment was moved to %(day)s, %(time)s. Confirm or cancel: %(url)s"
    ),
    Reminder.About.CANCELLED: gettext_lazy(
        "Your appointment on %(day)s, %(time)s will not take place. Ask for another time."
    ),
}


def remind(reminder: Reminder) -> int:
    """Send one message; returns to how many, 0 where the address was taken out meanwhile.

    Raises SMTPException or OSError where mail server or gateway is away.
    """
    return _by_mail(reminder) if reminder.channel == Reminder.Channel.MAIL else _by_sms(reminder)


def _by_mail(reminder: Reminder) -> int:
    appointment = reminder.appointment
    if appointment.mail_encrypted is None:
        return 0
    mail_address(
        decrypt(bytes(appointment.mail_encrypted)),
        _MAILS[Reminder.About(reminder.about)],
        {"appointment": appointment, "tenant": require_tenant()},
        path=answer_path(appointment),
    )
    return 1


def _by_sms(reminder: Reminder) -> int:
    appointment, chosen = reminder.appointment, gateway()
    if appointment.phone_encrypted is None or chosen is None:
        return 0
    with translation.override(settings.LANGUAGE_CODE):
        text = str(_SHORT[Reminder.About(reminder.about)]) % {
            "day": format_date_text(appointment.date),
            "time": f"{appointment.start:%H:%M}",
            "url": settings.SITE_URL.rstrip("/") + answer_path(appointment),
        }
    chosen.send(decrypt(bytes(appointment.phone_encrypted)), text)
    return 1
