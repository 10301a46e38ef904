"""What the start page says of persons past their term."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracting.commissioning.waiting import Wait
from kernel.access import Access
from reporting.retention.models import Clearance, ClearanceLine
from reporting.retention.permissions import CONFIRM, READ
from tenants.addresses import tenant_url


def tell_clearance(access: Access, today: date) -> Iterator[Wait]:
    """What is on lists that are proposed: persons, and the rest; one query. No name is in it."""
    if not access.may(READ):
        return
    lines = ClearanceLine.objects.filter(clearance__state=Clearance.State.PROPOSED)
    counts = lines.aggregate(persons=Count("person"), others=Count("pk", filter=Q(person__isnull=True)))
    titles = (
        ngettext(
            "The data of %(count)s person are past their term of keeping",
            "The data of %(count)s persons are past their term of keeping",
            counts["persons"],
        ),
        ngettext(
            "%(count)s item of another class is past its term of keeping",
            "%(count)s items of other classes are past their term of keeping",
            counts["others"],
        ),
    )
    mine = access.may(CONFIRM)
    for count, title in zip((counts["persons"], counts["others"]), titles, strict=True):
        if not count:
            continue
        yield Wait(
            "warn" if mine else "note",
            title % {"count": count},
            _("They are anonymised by an approved protocol only."),
            tenant_url("retention:overview"),
            _("See the list"),
            is_mine=mine,
        )
