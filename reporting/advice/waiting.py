"""What advice tells the start page: freed times that are offered, who waits, cards that are missing."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracting.commissioning.waiting import Wait
from kernel.access import Access
from reporting.advice.models import Appointment, Request
from reporting.advice.permissions import KEEP_CARDS, READ_REQUESTS
from reporting.advice.terms import still_offered
from tenants.addresses import tenant_url
from ui.formatting import format_date_text

_OPEN = (Appointment.State.PLANNED, Appointment.State.CONFIRMED)


def advice_waiting(access: Access, today: date) -> Iterator[Wait]:
    """Lines for the person; at most two queries."""
    if access.may(READ_REQUESTS):
        yield from _queue()
    if access.may(KEEP_CARDS):
        yield from _missing_cards(access)


def _queue() -> Iterator[Wait]:
    told = Request.objects.filter(state=Request.State.WAITING).aggregate(
        waiting=Count("pk"),
        offered=Count("pk", filter=still_offered()),
        since=Min("requested_on"),
    )
    if told["offered"]:
        yield Wait(
            "warn",
            ngettext(
                "A freed time is offered to %(count)s person who waits for advice",
                "Freed times are offered to %(count)s persons who wait for advice",
                told["offered"],
            )
            % {"count": told["offered"]},
            _("Call them and book, or pass the time on."),
            tenant_url("advice:requests"),
            _("Open the queue"),
        )
    elif told["waiting"]:
        yield Wait(
            "note",
            ngettext(
                "%(count)s person waits for advice", "%(count)s persons wait for advice", told["waiting"]
            )
            % {"count": told["waiting"]},
            _("the longest since %(day)s") % {"day": format_date_text(told["since"])},
            tenant_url("advice:requests"),
            _("Open the queue"),
        )


def _missing_cards(access: Access) -> Iterator[Wait]:
    own = Q(adviser__user_id=access.actor.user_id)
    ended = Appointment.objects.visible_to(access).filter(state__in=_OPEN, ends_at__lt=timezone.now())
    told = ended.order_by().aggregate(every=Count("pk"), own=Count("pk", filter=own))
    if told["every"]:
        yield Wait(
            "warn" if told["own"] else "note",
            ngettext(
                "%(count)s appointment has passed without a card",
                "%(count)s appointments have passed without a card",
                told["every"],
            )
            % {"count": told["every"]},
            _("Fill in the card, or note that the person did not come."),
            f"{tenant_url('advice:list')}?overdue=1",
            _("Open the list"),
            is_mine=bool(told["own"]),
        )
