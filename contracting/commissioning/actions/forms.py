"""Verbs on step 3: the criteria, the points of each form with their reasons, the choice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning import steps
from contracting.commissioning.actions.steps import require_open_step
from contracting.commissioning.models import Cycle, FormOption
from contracting.commissioning.rules.codes import code_of
from contracting.commissioning.rules.forms import FORMS, MOST_POINTS, Criterion, criterion_of
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid

MOST_CRITERIA = 12
MOST_WEIGHT = 100


@dataclass(frozen=True)
class CriterionLine:
    """A criterion as somebody wrote it; without a code a new one gets a code made of its name."""

    name: str
    weight: int
    code: str = ""


@dataclass(frozen=True)
class Score:
    """Points of a form on a criterion (0 to 5, None where nobody gave any yet) and why."""

    points: int | None
    reason: str


def criteria_of(cycle: Cycle) -> list[Criterion]:
    """The criteria of the cycle in their order."""
    return [criterion_of(stored) for stored in cycle.form_criteria]


def comparison_stamp(cycle: Cycle) -> str:
    """The stamp of criteria, points and choice as they stand."""
    return stamp_of(cycle.form_criteria, _as_values(cycle))


def _as_values(cycle: Cycle) -> dict[str, Any]:
    return {
        option.form: {"scores": option.scores, "reason": option.reason, "chosen": option.chosen}
        for option in FormOption.objects.filter(cycle=cycle).order_by("form")
    }


def edit_comparison(
    cycle: Cycle,
    lines: Sequence[CriterionLine],
    forms: Sequence[str],
    *,
    seen: str | None = None,
    actor: Actor,
) -> Cycle:
    """Say which forms are compared, and on which criteria; points of what is gone go with it.

    Raises Conflict, DomainError `criteria_missing`, `criteria_many`, `criterion_twice`, `weight_wrong`,
    `unknown_form`, `chosen_form_stays`.
    """
    criteria = _checked(lines)
    with transaction.atomic():
        require_open_step(cycle, steps.FORM)
        locked: Cycle = Cycle.objects.get(pk=cycle.pk)
        require_unchanged(seen, comparison_stamp(locked))
        before = {"criteria": locked.form_criteria, "forms": _as_values(locked)}
        locked.form_criteria = [criterion.as_json() for criterion in criteria]
        require_valid(locked)
        locked.save(update_fields=["form_criteria"])
        _compare(locked, forms)
        _drop_points(locked, {criterion.code for criterion in criteria})
        after = {"criteria": locked.form_criteria, "forms": _as_values(locked)}
        if after != before:
            _note("edit_form_criteria", cycle, {"before": before, "after": after}, actor)
    return locked


def _compare(cycle: Cycle, forms: Sequence[str]) -> None:
    known = {option.form: option for option in FormOption.objects.filter(cycle=cycle)}
    for form, option in known.items():
        if form not in forms:
            _stop_comparing(option)
    for form in forms:
        if form not in FORMS:
            raise DomainError("unknown_form", _("There is no form “%(form)s”.") % {"form": form}, value=form)
        if form not in known:
            FormOption.objects.create(cycle=cycle, form=form)


def _checked(lines: Sequence[CriterionLine]) -> list[Criterion]:
    if not lines:
        raise DomainError("criteria_missing", _("Forms are compared on at least one criterion: enter one."))
    if len(lines) > MOST_CRITERIA:
        raise DomainError(
            "criteria_many",
            _("At most %(most)s criteria: nobody compares on more.") % {"most": MOST_CRITERIA},
        )
    criteria: list[Criterion] = []
    for number, line in enumerate(lines, start=1):
        code = line.code or code_of(line.name)
        if not code or any(code == other.code for other in criteria):
            raise DomainError(
                "criterion_twice",
                _("Row %(number)s: “%(name)s” needs a name of its own.")
                % {"number": number, "name": line.name},
                value=line.name,
            )
        if not 1 <= line.weight <= MOST_WEIGHT:
            raise DomainError(
                "weight_wrong",
                _("Row %(number)s: a weight goes from 1 to %(most)s.")
                % {"number": number, "most": MOST_WEIGHT},
                value=line.weight,
            )
        criteria.append(Criterion(code, line.name, line.weight))
    return criteria


def _drop_points(cycle: Cycle, codes: set[str]) -> None:
    for option in FormOption.objects.filter(cycle=cycle):
        kept = {code: score for code, score in option.scores.items() if code in codes}
        if kept != option.scores:
            option.scores = kept
            option.save(update_fields=["scores"])


def score_forms(
    cycle: Cycle, scores: Mapping[str, Mapping[str, Score]], *, seen: str | None = None, actor: Actor
) -> None:
    """Write the points and reasons of compared forms, as {form: {criterion: Score}}; forms left out stay as they are.

    Raises Conflict, DomainError `unknown_form`, `unknown_criterion`, `points_wrong`, `reason_missing`.
    """
    with transaction.atomic():
        require_open_step(cycle, steps.FORM)
        locked: Cycle = Cycle.objects.get(pk=cycle.pk)
        require_unchanged(seen, comparison_stamp(locked))
        names = {criterion.code: criterion.name for criterion in criteria_of(locked)}
        before = _as_values(locked)
        known = {option.form: option for option in FormOption.objects.filter(cycle=locked)}
        for form, given in scores.items():
            if form not in known:
                raise DomainError(
                    "unknown_form", _("There is no form “%(form)s”.") % {"form": form}, value=form
                )
            _require_scores(form, given, names)
            _write_scores(known[form], given)
        after = _as_values(locked)
        if after != before:
            _note("score_forms", cycle, {"before": before, "after": after}, actor)


def _write_scores(option: FormOption, given: Mapping[str, Score]) -> None:
    option.scores = {
        code: {"points": score.points, "reason": score.reason.strip()}
        for code, score in given.items()
        if score.points is not None or score.reason.strip()
    }
    require_valid(option, exclude=["cycle"])
    option.save()


def _stop_comparing(option: FormOption) -> None:
    if option.chosen:
        raise DomainError(
            "chosen_form_stays",
            _("“%(form)s” is the chosen form: choose another one first, then take it out of the comparison.")
            % {"form": option.get_form_display()},
            value=option.form,
        )
    option.delete()


def _require_scores(form: str, given: Mapping[str, Score], names: Mapping[str, str]) -> None:
    label = FormOption.Form(form).label
    for code, score in given.items():
        if code not in names:
            raise DomainError(
                "unknown_criterion",
                _("A criterion was removed meanwhile. Load the page anew and enter the points once more."),
                value=code,
            )
        told = {"form": label, "criterion": names[code], "most": MOST_POINTS}
        if score.points is not None and not 0 <= score.points <= MOST_POINTS:
            raise DomainError(
                "points_wrong",
                _("%(form)s, %(criterion)s: points go from 0 to %(most)s.") % told,
                value=score.points,
            )
        if score.points is not None and not score.reason.strip():
            raise DomainError(
                "reason_missing",
                _("%(form)s, %(criterion)s: write in a few words why it gets these points.") % told,
                value=score.points,
            )


def choose_form(cycle: Cycle, form: str, *, reason: str, seen: str | None = None, actor: Actor) -> FormOption:
    """Choose a form with its reasons; the choice before it is undone. It fixes which rules step 5 obeys.

    Raises Conflict, DomainError `form_not_compared`, `reason_missing`.
    """
    reason = reason.strip()
    if not reason:
        raise DomainError(
            "reason_missing", _("A form is chosen with its reasons: write them."), field="reason"
        )
    with transaction.atomic():
        require_open_step(cycle, steps.FORM)
        require_unchanged(seen, comparison_stamp(Cycle.objects.get(pk=cycle.pk)))
        options: dict[str, FormOption] = {
            option.form: option for option in FormOption.objects.filter(cycle=cycle)
        }
        option = options.get(form)
        if option is None:
            raise DomainError(
                "form_not_compared",
                _("Only a form that was compared can be chosen: give it points first."),
                field="form",
                value=form,
            )
        before = next((other.form for other in options.values() if other.chosen), None)
        FormOption.objects.filter(cycle=cycle, chosen=True).update(chosen=False)
        option.chosen, option.reason = True, reason
        require_valid(option, exclude=["cycle"])
        option.save()
        _note("choose_form", cycle, {"before": before, "after": form, "reason": reason}, actor)
    return option


def _note(verb: str, cycle: Cycle, payload: dict[str, Any], actor: Actor) -> None:
    record(verb, actor=actor, subject_type="cycle", subject_id=cycle.pk, payload=payload)
