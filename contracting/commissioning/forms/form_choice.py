"""Shapes of input of step 3: which forms are compared on which criteria, their points with reasons, the choice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.actions.forms import MOST_CRITERIA, MOST_WEIGHT, CriterionLine, Score
from contracting.commissioning.models import FormOption
from contracting.commissioning.rules.forms import MOST_POINTS, Criterion
from ui.rows import Rows

# What a unit weighs when it has no list of its own yet (S-030, S-052).
SUGGESTED = [
    (_("Quality and continuity for the person"), 30),
    (_("Cost of an hour"), 25),
    (_("Local contractors who can do it"), 20),
    (_("Closeness to inhabitants, engagement of the community"), 15),
    (_("Time until the service begins"), 10),
]


class ComparisonForm(forms.Form):
    """Which forms are compared."""

    compared = forms.MultipleChoiceField(
        label=_("Forms that are compared"),
        choices=FormOption.Form.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("At least two: a choice needs an alternative. The chosen form stays in the comparison."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class CriterionRow(forms.Form):
    """One criterion with its weight; the code ties the points to it."""

    name = forms.CharField(label=_("criterion"), max_length=120)
    weight = forms.IntegerField(label=_("weight"), min_value=1, max_value=MOST_WEIGHT)
    code = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class _CriterionRows(Rows):
    def lines(self) -> list[CriterionLine]:
        """The criteria in the order given."""
        return [CriterionLine(row["name"], row["weight"], row["code"]) for row in self.filled()]


CriterionRows = forms.formset_factory(
    CriterionRow,
    formset=_CriterionRows,
    extra=1,
    max_num=MOST_CRITERIA,
    absolute_max=MOST_CRITERIA + 5,
    can_order=True,
    can_delete=True,
)


@dataclass(frozen=True)
class Cell:
    """Where a form meets a criterion: the fields of its points and its reason."""

    points: BoundField
    reason: BoundField
    option: FormOption


class ScoresForm(forms.Form):
    """Points and reasons of every compared form on every criterion."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[Criterion],
        options: Sequence[FormOption],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria, self.options = criteria, options
        for row, criterion in enumerate(criteria):
            for column, option in enumerate(options):
                told = {"criterion": criterion.name, "form": option.get_form_display()}
                points, reason = _names(option.form, criterion.code)
                self.fields[points] = forms.IntegerField(
                    label=_("%(criterion)s, %(form)s: points") % told,
                    required=False,
                    min_value=0,
                    max_value=MOST_POINTS,
                    widget=forms.TextInput(
                        attrs={
                            "inputmode": "numeric",
                            "autocomplete": "off",
                            "class": "input-points",
                            "data-row": row,
                            "data-column": column,
                            "data-weight": criterion.weight,
                        }
                    ),
                )
                self.fields[reason] = forms.CharField(
                    label=_("%(criterion)s, %(form)s: why") % told,
                    required=False,
                    max_length=500,
                    widget=forms.Textarea(attrs={"rows": 2, "placeholder": _("why")}),
                )

    def rows(self) -> Iterator[tuple[Criterion, list[Cell]]]:
        """A row for each criterion, with a cell for each form."""
        for criterion in self.criteria:
            cells = []
            for option in self.options:
                points, reason = _names(option.form, criterion.code)
                cells.append(Cell(self[points], self[reason], option))
            yield criterion, cells

    def scores(self) -> Mapping[str, Mapping[str, Score]]:
        """What was entered, by form and criterion."""
        found: dict[str, dict[str, Score]] = {}
        for option in self.options:
            given = found.setdefault(option.form, {})
            for criterion in self.criteria:
                points, reason = _names(option.form, criterion.code)
                given[criterion.code] = Score(self.cleaned_data[points], self.cleaned_data[reason])
        return found


def _names(form: str, code: str) -> tuple[str, str]:
    return f"{form}-{code}-points", f"{form}-{code}-reason"


def stored_scores(options: Sequence[FormOption]) -> dict[str, Any]:
    """The stored points and reasons as the form's initial values."""
    values: dict[str, Any] = {}
    for option in options:
        for code, score in option.scores.items():
            points, reason = _names(option.form, code)
            values[points], values[reason] = score.get("points"), score.get("reason", "")
    return values


class ChoiceForm(forms.Form):
    """Why this form."""

    reason = forms.CharField(
        label=_("Reasons of the choice"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Also why a form with more points was not chosen. They stay with the cycle."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
