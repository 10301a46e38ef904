"""What the start page says of persons past their term."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracting.commissioning.waiting import Wait
from kernel.access import Access
from reporting.retention.models import Clearance, ClearanceLine
from reporting.retention.permissions import CONFIRM, READ
from tenants.addresses import tenant_url


def tell_clearance(access: Access, today: date) -> Iterator[Wait]:
    """One matter for the list that is proposed; one query. No name is in it."""
    if not access.may(READ):
        return
    count = ClearanceLine.objects.filter(clearance__state=Clearance.State.PROPOSED).count()
    if count:
        mine = access.may(CONFIRM)
        yield Wait(
            "warn" if mine else "note",
            ngettext(
                "The data of %(count)s person are past their term of keeping",
                "The data of %(count)s persons are past their term of keeping",
                count,
            )
            % {"count": count},
            _("They are anonymised by an approved protocol only."),
            tenant_url("retention:overview"),
            _("See the list"),
            is_mine=mine,
        )
