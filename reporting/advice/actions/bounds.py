"""What no appointment gets past: days far from today, sessions of half a day, days outside the contract."""

from django.utils.translation import gettext as _

from kernel.errors import DomainError
from kernel.periods import elapsed_minutes, local_date
from reporting.advice.models import Appointment
from reporting.advice.terms import bounds_today
from ui.formatting import format_date_short, format_minutes_text


def require_within(appointment: Appointment) -> None:
    """The day and the length lie within what the unit has settled, the day within the contract.

    Raises DomainError `too_early`, `too_far`, `too_long` or `outside_contract`.
    """
    bounds, day = bounds_today(), local_date(appointment.starts_at)
    for code in bounds.breaks(day, elapsed_minutes(appointment.starts_at, appointment.ends_at)):
        sentence, field = {
            "too_early": (
                _("%(day)s is longer ago than advice is entered here (from %(first)s). Correct the day."),
                "day",
            ),
            "too_far": (
                _("%(day)s lies further ahead than advice is booked here (until %(last)s). Correct the day."),
                "day",
            ),
            "too_long": (
                _("A session lasts %(longest)s at most. Correct the minutes, or enter several sessions."),
                "minutes",
            ),
        }[code]
        told = {
            "day": format_date_short(day),
            "first": format_date_short(bounds.first),
            "last": format_date_short(bounds.last),
            "longest": format_minutes_text(bounds.longest),
        }
        raise DomainError(code, sentence % told, field=field)
    contract = appointment.contract
    if contract is not None and not contract.valid_from <= day <= contract.valid_to:
        told = {
            "contract": contract.number,
            "first": format_date_short(contract.valid_from),
            "last": format_date_short(contract.valid_to),
        }
        sentence = _(
            "Contract %(contract)s holds from %(first)s to %(last)s. Correct the day, or choose another contract."
        )
        raise DomainError("outside_contract", sentence % told, field="day")
