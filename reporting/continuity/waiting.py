"""What the start page says of persons whom nobody visits."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracting.commissioning.waiting import Wait
from kernel.access import Access
from reporting.continuity.permissions import CHECK_SILENCE, READ_RADAR
from reporting.continuity.queries import radar
from tenants.addresses import tenant_url
from ui.formatting import format_date_short

_NAMED = 5


def tell_silence(access: Access, today: date) -> Iterator[Wait]:
    """One matter for all silent persons that nobody has looked into; three queries. No name is in it."""
    if not access.may(READ_RADAR):
        return
    silent = radar(access, today).open
    if not silent:
        return
    told = [
        _("%(number)s (since %(day)s)") % {"number": one.number, "day": format_date_short(one.since)}
        for one in silent[:_NAMED]
    ]
    more = len(silent) - _NAMED
    if more > 0:
        told.append(ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more})
    mine = access.may(CHECK_SILENCE)
    yield Wait(
        "must" if mine else "note",
        ngettext(
            "%(count)s person was not visited though visits were planned",
            "%(count)s persons were not visited though visits were planned",
            len(silent),
        )
        % {"count": len(silent)},
        ", ".join(told),
        tenant_url("continuity:radar"),
        _("See who") if mine else _("See the list"),
        is_mine=mine,
    )
