"""The unit's own tables for official reports: filled in from its own figures, to look at and to take along."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.doors import Request, tenant_door
from reporting.statistics.collecting.reports import OwnFigures, collect_reports
from reporting.statistics.exports.prefilled import TYPE, workbook_of
from reporting.statistics.permissions import READ_SENT
from reporting.statistics.prefilled.asking import Asked, asked_table
from reporting.statistics.prefilled.filling import Filled, fill, periods_of
from reporting.statistics.prefilled.layout import layouts
from reporting.statistics.views.asked import say_which
from reporting.statistics.words import language
from ui.downloads import download
from ui.formatting import format_date_text


def _filled(request: Request) -> tuple[Asked, OwnFigures, Filled]:
    asked = asked_table(request.GET, timezone.localdate())
    own = collect_reports(periods_of(asked.form, asked.period))
    return asked, own, fill(asked.form, asked.period, own.read)


def _remarks(asked: Asked, own: OwnFigures) -> tuple[str, ...]:
    """What a reader must know before the figures are used."""
    found = []
    if asked.is_running:
        found.append(_("The period is not over: figures are those up to today."))
    if own.accepted < own.expected:
        text = ngettext(
            "%(accepted)s of %(expected)s month of contracts is accepted; hours and amounts count it only.",
            "%(accepted)s of %(expected)s months of contracts are accepted; hours and amounts count those only.",
            own.expected,
        )
        found.append(text % {"accepted": own.accepted, "expected": own.expected})
    if own.known_from is not None and asked.period.first < own.known_from <= asked.period.last:
        since = format_date_text(own.known_from)
        found.append(
            _("The platform knows contracts from %(since)s on; what came before is missing.")
            % {"since": since}
        )
    if own.services[""]:
        names = ", ".join(own.services[""])
        found.append(_("No row of care services counts these services: %(names)s.") % {"names": names})
    return tuple(found)


@tenant_door(READ_SENT)
def tables(request: Request) -> HttpResponse:
    """A form of a period (`?form=&period=`) with the unit's own figures and marks where it must fill in itself."""
    asked, own, filled = _filled(request)
    say_which(request, asked)
    groups = [
        (layouts().group_words[code][language()], names)
        for code, names in own.services.items()
        if code and names
    ]
    context: dict[str, Any] = {
        "asked": asked,
        "filled": filled,
        "remarks": _remarks(asked, own),
        "groups": groups,
    }
    return render(request, "statistics/prefilled_own.html", context)


@tenant_door(READ_SENT)
def tables_file(request: Request) -> HttpResponse:
    """The same as a workbook."""
    asked, own, filled = _filled(request)
    content = workbook_of(
        filled,
        whose=f"{request.tenant.name}, {request.tenant.unit_name}",
        made_on=timezone.localdate(),
        remarks=_remarks(asked, own),
    )
    name = f"{asked.form.code}-{request.tenant.slug}-{asked.period}.xlsx"
    return download(content, name=name, content_type=TYPE)
