"""What waits from the field for whoever opens the start page."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracting.commissioning.waiting import Wait
from kernel.access import Access
from reporting.delivery.limits import entry_limits
from reporting.field.models import Observation, PhoneEntry
from reporting.field.permissions import ADD_LATE_ENTRIES, ANSWER_OBSERVATIONS, SETTLE_ENTRIES
from reporting.field.queries import known_by_number_only, too_late_for_the_diary, unusually_long
from tenants.addresses import tenant_url
from ui.formatting import format_minutes_text


def field_waiting(access: Access, today: date) -> Iterator[Wait]:
    """Unread observations, urgent ones first, entries of phones that wait and visits of doubtful length
    or under a number only.

    Five queries at most, besides the thresholds of the tenant.
    """
    if access.may(ANSWER_OBSERVATIONS):
        yield from _observations(access)
    if access.may(SETTLE_ENTRIES):
        count = PhoneEntry.objects.visible_to(access).open().count()
        if count:
            title = ngettext(
                "%(count)s visit from carers' phones is not in the diary",
                "%(count)s visits from carers' phones are not in the diary",
                count,
            )
            yield Wait(
                "warn",
                title % {"count": count},
                _("Conflicts, closed months, wrong clocks"),
                tenant_url("field:entries"),
                _("Settle them"),
            )
        yield from _too_long(access, today)
        yield from _by_number(access, today)
    if access.may(ADD_LATE_ENTRIES):
        yield from _too_late(access)


def _too_long(access: Access, today: date) -> Iterator[Wait]:
    count = unusually_long(access, today).count()
    if count:
        title = ngettext(
            "%(count)s visit from carers' phones is unusually long",
            "%(count)s visits from carers' phones are unusually long",
            count,
        )
        meta = _("Longer than %(limit)s; check the start and the end before the month is handed in")
        limit = format_minutes_text(entry_limits().long_visit_minutes)
        href = f"{tenant_url('field:entries')}#long"
        yield Wait("warn", title % {"count": count}, meta % {"limit": limit}, href, _("Check them"))


def _by_number(access: Access, today: date) -> Iterator[Wait]:
    count = known_by_number_only(access, today).count()
    if count:
        title = ngettext(
            "%(count)s person whom a carer knows by a number only",
            "%(count)s persons whom carers know by a number only",
            count,
        )
        meta = _("The phone tells no name and no address until you confirm that the carer serves the person")
        href = f"{tenant_url('field:entries')}#by-number"
        yield Wait("warn", title % {"count": count}, meta, href, _("Confirm"))


def _too_late(access: Access) -> Iterator[Wait]:
    count = too_late_for_the_diary(access).count()
    if count:
        title = ngettext(
            "%(count)s visit from carers' phones came after its month was accepted",
            "%(count)s visits from carers' phones came after their months were accepted",
            count,
        )
        meta = _("A later month can carry what came too late")
        yield Wait("warn", title % {"count": count}, meta, tenant_url("field:late_entries"), _("See them"))


def _observations(access: Access) -> Iterator[Wait]:
    unread = (
        Observation.objects.visible_to(access)
        .unread()
        .aggregate(
            urgent=Count("pk", filter=Q(priority="urgent")), normal=Count("pk", filter=Q(priority="normal"))
        )
    )
    href = tenant_url("field:observations")
    if unread["urgent"]:
        title = ngettext(
            "%(count)s urgent observation of a carer",
            "%(count)s urgent observations of carers",
            unread["urgent"],
        )
        meta = _("Nobody has read it yet") if unread["urgent"] == 1 else _("Nobody has read them yet")
        yield Wait("must", title % {"count": unread["urgent"]}, meta, href, _("Read"))
    if unread["normal"]:
        title = ngettext(
            "%(count)s observation of a carer to read",
            "%(count)s observations of carers to read",
            unread["normal"],
        )
        yield Wait("note", title % {"count": unread["normal"]}, "", href, _("Read"))
