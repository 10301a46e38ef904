"""What a change of a decision says of months that were handed in before it."""

from datetime import date

from django.contrib import messages
from django.utils.translation import gettext as _

from kernel.doors import Request
from reporting.care.closed_months import closed_months
from reporting.care.models import Decision
from ui.formatting import format_month


def tell_closed_months(request: Request, decision: Decision, first: date, last: date | None = None) -> None:
    """Warn where a change of these days (to the end of the decision, unless said) reaches months handed in."""
    found = closed_months(decision.contract_id, first, last or max(first, decision.valid_to))
    if found:
        named = ", ".join(f"{format_month(month)} ({state})" for month, state in found)
        text = _(
            "The change reaches months that were handed in already: %(months)s. What was accepted stays as it was;"
            " look at these months, and return or reopen those whose figures differ now."
        )
        messages.warning(request, text % {"months": named})
