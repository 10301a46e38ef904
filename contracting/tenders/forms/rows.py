"""Shapes of input: the parts and the criteria of a call, a row each."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracting.tenders.actions.calls import CriterionLine, LotLine
from contracting.tenders.forms.calls import LongTextField
from contracting.tenders.models import Call, Criterion
from contracting.tenders.words import EXCERPT_LABELS
from ui.amounts import AmountField
from ui.durations import DurationField
from ui.rows import Rows


class SeenForm(forms.Form):
    """What the editor of rows saw."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class LotRow(forms.Form):
    """A part of a call."""

    title = forms.CharField(label=_("title"), max_length=200)
    description = forms.CharField(label=_("description"), max_length=2000, required=False)
    funds = AmountField(label=_("funds"), max_digits=12, min_value=Decimal("0.01"))
    minutes = DurationField(label=_("hours of service"), required=False)


class CriterionRow(forms.Form):
    """A criterion of the choice."""

    name = forms.CharField(label=_("name"), max_length=200)
    kind = forms.ChoiceField(label=_("kind"), choices=Criterion.Kind.choices)
    max_points = forms.IntegerField(
        label=_("most points"), min_value=1, max_value=1000, initial=10, widget=forms.TextInput
    )
    weight = forms.IntegerField(label=_("weight, %"), min_value=1, max_value=100, widget=forms.TextInput)
    excerpt = forms.ChoiceField(label=_("section of the offer"), required=False)
    explanation = LongTextField(
        label=_("what earns points"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["excerpt"].choices = [("", "–"), *EXCERPT_LABELS.items()]  # type: ignore[attr-defined]

    def has_changed(self) -> bool:
        """A row in which only the choices stand as they came is empty."""
        return bool(set(self.changed_data) - {"kind", "max_points", "excerpt"})


_MOST = 60
LotRows = forms.formset_factory(
    LotRow, formset=Rows, extra=1, can_order=True, can_delete=True, max_num=_MOST, absolute_max=_MOST
)
CriterionRows = forms.formset_factory(
    CriterionRow, formset=Rows, extra=1, can_order=True, can_delete=True, max_num=_MOST, absolute_max=_MOST
)
# An amendment changes what is there and may add parts; it removes nothing.
AmendedLotRows = forms.formset_factory(LotRow, formset=Rows, extra=1, max_num=_MOST, absolute_max=_MOST)
FixedCriterionRows = forms.formset_factory(
    CriterionRow, formset=Rows, extra=0, max_num=_MOST, absolute_max=_MOST
)


def lot_initial(call: Call) -> list[dict[str, Any]]:
    """The rows of the parts as they stand."""
    return [
        {
            "title": lot.title,
            "description": lot.description,
            "funds": lot.funds,
            "minutes": lot.minutes,
            "ORDER": lot.position,
        }
        for lot in call.lots.all()
    ]


def criterion_initial(call: Call) -> list[dict[str, Any]]:
    """The rows of the criteria as they stand."""
    names = ("name", "kind", "max_points", "weight", "excerpt", "explanation")
    return [
        {**{name: getattr(row, name) for name in names}, "ORDER": row.position} for row in call.criteria.all()
    ]


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("ORDER", "DELETE")}


def kept(rows: Any) -> list[dict[str, Any]]:
    """What stands in all rows but those that are empty or marked for removal, in their order.

    Other than Rows.filled, a row that nobody touched stays.
    """
    found = [
        row.cleaned_data
        for row in rows.forms
        if row.cleaned_data.get("title", row.cleaned_data.get("name")) and not row.cleaned_data.get("DELETE")
    ]
    found.sort(key=lambda row: (row.get("ORDER") is None, row.get("ORDER") or 0))
    return [_typed(row) for row in found]


def lot_lines_of(rows: Any) -> list[LotLine]:
    """The parts that were typed."""
    return [LotLine(**row) for row in kept(rows)]


def criterion_lines_of(rows: Any) -> list[CriterionLine]:
    """The criteria that were typed."""
    return [CriterionLine(**row) for row in kept(rows)]
