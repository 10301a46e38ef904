"""An evaluation as its report tells it: plain texts, ready for a page that is printed."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from reporting.evaluation.models import Evaluation
from reporting.evaluation.queries.outcomes import KeptPromises, OutcomeLine
from ui.formatting import (
    UNDEFINED,
    format_date_short,
    format_date_text,
    format_instant,
    format_money,
    format_percent,
    format_plain,
)


def report_facts(
    evaluation: Evaluation, *, unit: str, owner: str, outcomes: Sequence[OutcomeLine], kept: KeptPromises
) -> dict[str, Any]:
    """What the PDF is made of."""
    cycle = evaluation.cycle
    finished = format_instant(evaluation.finished_at)
    period = _("%(first)s to %(last)s") % {
        "first": format_date_text(cycle.period_from),
        "last": format_date_text(cycle.period_to),
    }
    return {
        "title": evaluation.title,
        "unit": unit,
        "cycle": cycle.title,
        "head": [
            [_("Cycle"), cycle.title],
            [_("Service"), str(cycle.service)],
            [_("Period"), period],
            [_("Kind of evaluation"), evaluation.get_kind_display()],
            [_("Owner"), owner or UNDEFINED],
            [_("Due on"), format_date_text(evaluation.due_on)],
            [
                _("Finished on"),
                f"{finished}, {evaluation.finished_by_name}" if evaluation.is_finished else _("not yet"),
            ],
        ],
        "summary": evaluation.summary,
        "questions": [
            {
                "question": one.question,
                "how": " · ".join(filter(None, [one.get_technique_display(), one.source])),
                "finding": one.finding,
            }
            for one in evaluation.questions.all()
        ],
        "outcomes": [_outcome(line) for line in outcomes],
        "promises": _("Met: %(met)s of %(judged)s results, in accepted months: %(months)s.")
        % {"met": kept.met, "judged": kept.judged, "months": kept.months}
        if kept.judged
        else "",
        "recommendations": [
            {
                "text": one.text,
                "addressee": one.addressee or UNDEFINED,
                "due": format_date_short(one.due_on),
                "lesson": _("yes") if one.is_lesson else _("no"),
            }
            for one in evaluation.recommendations.all()
        ],
    }


def _outcome(line: OutcomeLine) -> dict[str, str]:
    one = line.outcome
    words = {True: _("yes"), False: _("no"), None: UNDEFINED}
    return {
        "name": one.name,
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
