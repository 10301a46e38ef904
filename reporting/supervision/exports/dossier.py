"""The dossier of a month on paper."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.supervision.exports.paper import paper, part
from reporting.supervision.exports.services import service_parts
from reporting.supervision.models import DecisionAdvice, DossierIssue, Finding
from reporting.supervision.queries.dossiers import AdviceTold, DossierLine, DossierTold
from ui.formatting import (
    UNDEFINED,
    format_date_short,
    format_instant,
    format_minutes_clock,
    format_minutes_text,
    format_month,
    format_percent,
)


def dossier_pdf(
    told: DossierTold, rows: Sequence[tuple[DossierLine, str]], *, unit: str, issue: DossierIssue | None
) -> bytes:
    """The dossier with the names that the reader may see, given with the lines; without an issue a draft."""
    month = format_month(told.month)
    head = [
        (_("Contract"), f"{told.contract.number} · {told.service}"),
        (_("Organisation"), told.organisation),
        (_("Month"), month),
        (_("State of the month"), told.close_words),
    ]
    if told.is_closed_by_month:
        head += [
            (_("granted, h"), format_minutes_clock(told.granted)),
            (_("delivered, h"), format_minutes_clock(told.delivered)),
            (_("fulfilment, %"), format_percent(told.percent)),
        ]
    head.append((_("Issue"), _issue(issue)))
    if issue is not None:
        head.append(("SHA-256", issue.sha256))
    return paper(
        title=_("Dossier of the service, %(month)s") % {"month": month},
        unit=unit,
        head=head,
        parts=_parts(told, rows),
        signatures=[_("for the social unit (date, signature)")],
    )


def _issue(issue: DossierIssue | None) -> str:
    if issue is None:
        return _("draft, not concluded")
    told = f"{issue.number}, {format_instant(issue.issued_at)}, {issue.issued_by_name}"
    return f"{told} ({issue.reason})" if issue.reason else told


def _parts(told: DossierTold, rows: Sequence[tuple[DossierLine, str]]) -> list[dict[str, Any]]:
    columns = [
        _("Decision"),
        _("Person"),
        _("granted, h"),
        _("delivered, h"),
        "%",
        _("Deviations"),
        pgettext("dossier", "Recommendation"),
    ]
    lines = [_line(line, name) for line, name in rows]
    parts = service_parts(told)
    if lines:
        widths = [0, 1, 0, 0, 0, 1.1, 1.6]
        parts.append(part(_("Decisions"), head=columns, rows=lines, numbers=[2, 3, 4], widths=widths))
    elif told.is_closed_by_month:
        parts.append(part(_("Decisions"), text=_("No decision was in force in this month.")))
    report = _("The organisation has not reported.")
    if told.report:
        report = told.report.text
        if told.report.more:
            report += "\n\n" + _("What was done: %(measures)s") % {"measures": told.report.more}
    parts.append(part(_("Report of the organisation"), text=report))
    found = [
        [one.inspection, str(one.number), str(Finding.Severity(one.severity).label), one.text]
        for one in told.findings
    ]
    if found:
        head = [_("Inspection"), "", _("Severity"), _("Finding")]
        parts.append(part(_("Findings of inspections"), head=head, rows=found, widths=[0, 0, 0, 1]))
    asked = [
        [one.number, one.title, one.audience_words, f"{one.answered} / {one.invited}"] for one in told.surveys
    ]
    if asked:
        columns = [_("Survey"), _("Questionnaire"), _("For whom"), pgettext("survey", "Answered")]
        parts.append(part(_("Surveys"), head=columns, rows=asked, numbers=[3], widths=[0, 1, 0, 0]))
    if told.conclusions:
        parts.append(part(_("Conclusions"), text=told.conclusions.text))
    return parts


def _line(line: DossierLine, name: str) -> list[str]:
    return [
        line.number,
        name,
        format_minutes_clock(line.granted),
        format_minutes_clock(line.delivered),
        format_percent(line.percent),
        "\n".join(one.words for one in line.deviations) or UNDEFINED,
        _advice(line.advice),
    ]


def _advice(advice: AdviceTold | None) -> str:
    if advice is None:
        return UNDEFINED
    told = [advice.verdict_words]
    if advice.proposed_minutes is not None:
        told.append(f"{format_minutes_text(advice.proposed_minutes)} {advice.period}")
    if advice.task != DecisionAdvice.Task.NONE:
        told.append(advice.task_words)
    if advice.due_on and advice.task == DecisionAdvice.Task.OPEN:
        told.append(format_date_short(advice.due_on))
    return f"{', '.join(told)}\n{advice.reason}"
