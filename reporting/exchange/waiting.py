"""What waits on the start page: webhooks that were switched off, tokens that run out soon."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.commissioning.waiting import Wait
from kernel.access import Access
from reporting.exchange.models import Token, Webhook
from reporting.exchange.permissions import MANAGE_WEBHOOKS
from tenants.addresses import tenant_url
from ui.formatting import format_date_text

_SOON = timedelta(days=14)


def tell(access: Access, today: date) -> Iterator[Wait]:
    """For whoever may do something about it; two queries."""
    if not access.may(MANAGE_WEBHOOKS):
        return
    for webhook in Webhook.objects.visible_to(access).filter(state=Webhook.State.OFF):
        yield Wait(
            "warn",
            _("A webhook was switched off"),
            webhook.url,
            tenant_url("exchange:webhook", webhook.pk),
            _("See why"),
        )
    ending = Token.objects.visible_to(access).live().filter(expires_at__lte=timezone.now() + _SOON)
    for token in ending.order_by("expires_at"):
        yield Wait(
            "note",
            _("The last day of the token “%(name)s” is %(day)s")
            % {"name": token.name, "day": format_date_text(token.last_day)},
            _("Interface for own systems"),
            tenant_url("exchange:tokens"),
            _("Make a new one"),
        )
