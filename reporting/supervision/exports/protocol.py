"""The protocol of an inspection to be read, signed and filed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.supervision.exports.paper import paper, part
from reporting.supervision.models import Finding, Inspection, SampledItem
from ui.formatting import (
    format_date_short,
    format_date_text,
    format_minutes_clock,
    format_month,
    format_percent,
    percent_of,
)


def protocol_pdf(told: Mapping[str, Any], *, unit: str) -> bytes:
    """The protocol with what the reader may see: `inspection`, `head`, `rows`, `untold`, `complete`, `findings` of the
    page."""
    inspection: Inspection = told["inspection"]
    return paper(
        title=_("Protocol of inspection %(number)s") % {"number": inspection},
        unit=unit,
        head=_head(inspection, told["complete"]),
        parts=_parts(inspection, told["head"], told["rows"], told["untold"], told["findings"]),
        signatures=[_("for the provider (date, signature)"), _("for the social unit (date, signature)")],
    )


def _head(inspection: Inspection, complete: Mapping[str, int]) -> list[tuple[str, str]]:
    contract = inspection.contract
    head = [
        (_("Contract"), f"{contract.number} · {contract.service}"),
        (_("Organisation"), str(contract.organisation)),
        (_("What is inspected"), inspection.get_kind_display()),
        (_("Subject"), inspection.subject),
        (
            pgettext("inspection", "Held on"),
            format_date_text(inspection.held_on) if inspection.held_on else "",
        ),
        (_("Inspector"), inspection.inspector_name),
    ]
    if inspection.present:
        head.append((_("Present for the organisation"), inspection.present))
    if inspection.method and inspection.sampled_month:
        drawn = _("%(drawn)s of %(population)s, %(method)s, %(month)s, seed %(seed)s") % {
            "drawn": complete["items"],
            "population": inspection.population,
            "method": inspection.get_method_display(),
            "month": format_month(inspection.sampled_month),
            "seed": inspection.seed,
        }
        head.append((_("Sample"), drawn))
        if complete["asked"]:
            score = _("%(percent)s (%(present)s of %(asked)s)") % {
                "percent": format_percent(percent_of(complete["present"], complete["asked"])),
                "present": complete["present"],
                "asked": complete["asked"],
            }
            head.append((_("Completeness of documentation"), score))
    return head


def _parts(
    inspection: Inspection,
    told_of: str,
    rows: Iterable[tuple[SampledItem, str]],
    untold: str,
    findings: Iterable[Finding],
) -> list[dict[str, Any]]:
    parts = [part(_("Course of the inspection"), text=inspection.protocol)]
    sample = [_sampled(item, name) for item, name in rows]
    if sample:
        head = ["", told_of, _("Person"), _("Visit"), _("h"), _("Completeness"), _("Missing")]
        parts.append(part(_("Sample"), head=head, rows=sample, numbers=[4, 5], widths=[0, 0, 1, 0, 0, 0, 2]))
    if untold:
        parts.append(part(_("Sample"), text=untold))
    told = [_found(finding) for finding in findings]
    if told:
        head = ["", _("Severity"), _("Finding"), _("Recommendations")]
        parts.append(part(_("Findings"), head=head, rows=told, widths=[0, 0, 1, 1.2]))
    else:
        parts.append(part(_("Findings"), text=_("There are no findings.")))
    if inspection.answer:
        parts.append(part(_("Answer of the organisation"), text=inspection.answer))
    if inspection.closing_note:
        parts.append(part(_("Closing note"), text=inspection.closing_note))
    return parts


def _sampled(item: SampledItem, name: str) -> list[str]:
    visit = f"{format_date_short(item.visit_on)} {item.visit_start:%H:%M}" if item.visit_on else ""
    return [
        f"{item.place}.",
        item.number,
        name,
        visit,
        format_minutes_clock(item.value_minutes),
        format_percent(percent_of(item.present, item.asked)) if item.checked_at else _("not checked"),
        "; ".join(item.missing),
    ]


def _found(finding: Finding) -> list[str]:
    where = f"\n{finding.item.number}" if finding.item else ""
    recommended = "\n".join(
        _("%(text)s (%(owner)s, by %(day)s): %(state)s")
        % {
            "text": one.text,
            "owner": one.owner,
            "day": format_date_short(one.due_on),
            "state": one.get_state_display(),
        }
        for one in finding.recommendations.all()
    )
    return [f"{finding.number}.", finding.get_severity_display(), finding.text + where, recommended]
