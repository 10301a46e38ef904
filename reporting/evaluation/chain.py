"""What step 7 of a cycle is told: evaluations that wait, outcomes, commitments kept, and the lessons."""

from django.utils.translation import gettext_lazy as _

from contracting.commissioning.contributions import Check, Contribution, Link
from contracting.commissioning.models import Cycle
from kernel.access import Access
from reporting.evaluation.models import Evaluation, Recommendation
from reporting.evaluation.queries.outcomes import outcome_lines, promises_kept, spent_on
from tenants.addresses import tenant_url
from ui.formatting import format_money


def tell_evaluation(cycle: Cycle, access: Access | None) -> Contribution:
    """Evaluations planned shut the gate until they are finished; without any a final one is only reminded of.

    A constant number of queries.
    """
    evaluations = list(Evaluation.objects.filter(cycle=cycle))
    waiting = [one for one in evaluations if not one.is_finished]
    final = any(one.kind == Evaluation.Kind.FINAL and one.is_finished for one in evaluations)
    here = tenant_url("evaluation:cycle", cycle.pk)
    spent = spent_on(cycle)
    lines = outcome_lines(cycle, spent.money)
    without = sum(line.result is None for line in lines)
    items = [
        Check(
            _("Planned evaluations are finished"),
            done=bool(evaluations) and not waiting,
            why=_("Write the findings of every planned evaluation and finish it.")
            if evaluations
            else _("Nobody has planned an evaluation: plan at least a final one."),
            href=here,
            must=bool(waiting),
        ),
        Check(
            _("A final evaluation with its recommendations"),
            done=final,
            why=_("Plan a final evaluation, answer its questions and finish it."),
            href=here,
            must=False,
        ),
    ]
    if lines:
        items.append(
            Check(
                _("Outcomes with their results"),
                done=not without,
                why=_("Some outcomes have no result yet: enter the part and the whole."),
                href=here,
                must=False,
            )
        )
    kept = promises_kept(cycle)
    links = []
    if lines:
        reached = sum(line.reached is True for line in lines)
        links.append(
            Link(_("outcomes that reached the target"), here, value=_of(reached, len(lines) - without))
        )
    if kept.judged:
        links.append(
            Link(
                _("commitments met in the accepted months"),
                tenant_url("evaluation:contracts"),
                value=_of(kept.met, kept.judged),
            )
        )
    if spent.settled:
        links.append(Link(_("settled for the contracts"), here, value=format_money(spent.settled_money)))
    if spent.paid is not None and spent.paid.paid is not None:
        links.append(
            Link(_("paid for advice and crisis intervention"), here, value=format_money(spent.paid.paid))
        )
    lessons = Recommendation.objects.filter(
        evaluation__cycle=cycle, evaluation__finished_at__isnull=False, is_lesson=True
    ).order_by("evaluation__due_on", "position")
    return Contribution(tuple(items), tuple(links), lessons=tuple(lessons.values_list("text", flat=True)))


def _of(part: int, whole: int) -> str:
    return str(_("%(part)s of %(whole)s") % {"part": part, "whole": whole})
