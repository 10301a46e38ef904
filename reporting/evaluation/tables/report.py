"""An evaluation as its report tells it: plain texts, ready for a page that is printed."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from reporting.evaluation.models import EvaluationIssue
from reporting.evaluation.queries.outcomes import KeptPromises, OutcomeLine
from reporting.evaluation.queries.report import EvaluationTold
from reporting.evaluation.words import result_text
from reporting.supervision.queries.conformity import SectionScore
from ui.formatting import (
    UNDEFINED,
    format_date_short,
    format_date_text,
    format_instant,
    format_money,
    format_percent,
    format_plain,
    format_whole,
)


def report_facts(told: EvaluationTold, *, unit: str, issue: EvaluationIssue | None) -> dict[str, Any]:
    """What the PDF is made of; with the issue whose content it tells, where it tells one."""
    evaluation, cycle = told.evaluation, told.cycle
    results: dict[str, list[str]] = {}
    for one in told.results:
        results.setdefault(one.question, []).append(f"{one.name} ({one.source}): {result_text(one)}")
    finished = format_instant(evaluation.finished_at)
    period = _("%(first)s to %(last)s") % {
        "first": format_date_text(cycle.first),
        "last": format_date_text(cycle.last),
    }
    return {
        "title": evaluation.title,
        "unit": unit,
        "cycle": cycle.title,
        "head": [
            [_("Cycle"), cycle.title],
            [_("Service"), cycle.service],
            [_("Period"), period],
            [_("Kind of evaluation"), evaluation.get_kind_display()],
            [_("Owner"), told.owner or UNDEFINED],
            [_("Due on"), format_date_text(evaluation.due_on)],
            [
                _("Finished on"),
                f"{finished}, {evaluation.finished_by_name}" if evaluation.is_finished else _("not yet"),
            ],
            *([[_("Issue"), f"{issue.number} (SHA-256 {issue.sha256})"]] if issue else []),
        ],
        "summary": evaluation.summary,
        "questions": [
            {
                "question": one.question,
                "how": " · ".join(filter(None, [one.get_technique_display(), one.source])),
                "finding": one.finding,
                "results": results.pop(one.question, []),
            }
            for one in told.questions
        ],
        "results": [text for texts in results.values() for text in texts],
        "standard": [_section(score) for score in told.conformity],
        "outcomes": [_outcome(line) for line in told.outcomes],
        "unpaid": unpaid_text(told.unpaid),
        "promises": promises_text(told.kept),
        "recommendations": [
            {
                "text": one.text,
                "addressee": one.addressee or UNDEFINED,
                "due": format_date_short(one.due_on),
                "lesson": _("yes") if one.is_lesson else _("no"),
            }
            for one in told.recommendations
        ],
    }


def _section(score: SectionScore) -> dict[str, str]:
    told = {"part": format_whole(score.met), "whole": format_whole(score.asked)}
    return {
        "name": score.words,
        "share": format_percent(score.percent) if score.asked else _("not examined"),
        "of": _("%(part)s of %(whole)s") % told if score.asked else UNDEFINED,
        "inspections": format_whole(score.inspections),
    }


def unpaid_text(numbers: Sequence[str]) -> str:
    """The contracts whose cost is not known, in words; empty where there are none."""
    if not numbers:
        return ""
    words = _(
        "No payment is recorded under these contracts, so what they cost is not in the cost of one outcome:"
    )
    return f"{words} {', '.join(numbers)}."


def promises_text(kept: KeptPromises) -> str:
    """How many results of commitments were met, in words; empty where there are none."""
    told = []
    if kept.judged:
        told.append(
            _("Met: %(met)s of %(judged)s results, in accepted months: %(months)s.")
            % {"met": kept.met, "judged": kept.judged, "months": kept.months}
        )
    if kept.stated:
        told.append(
            _("Stated by organisations only, and not counted: %(stated)s (met by their word: %(met)s).")
            % {"stated": kept.stated, "met": kept.stated_met}
        )
    return " ".join(told)


def _outcome(line: OutcomeLine) -> dict[str, str]:
    one = line.outcome
    words = {True: _("yes"), False: _("no"), None: UNDEFINED}
    return {
        "name": one.name,
        "counted": one.counted,
        "before": share_text(line.baseline, one.baseline_part, one.baseline_whole, line.in_money),
        "target": f"{one.get_direction_display()} {format_plain(one.target)} %",
        "result": share_text(line.result, one.result_part, one.result_whole, line.in_money),
        "reached": words[line.reached],
        "cost": format_money(line.cost),
    }


def share_text(share: Any, part: Any, whole: Any, in_money: bool) -> str:
    """A percentage with the part and the whole it was computed from; a dash where there is none."""
    if share is None:
        return UNDEFINED
    write = format_money if in_money else format_plain
    return f"{format_percent(share)} ({write(part)} / {write(whole)})"
