"""Shapes of input: the money of drafts and contracts, its years, and commitments, row by row."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.actions.lines import (
    CommitmentLine,
    Owner,
    TrancheLine,
    commitment_lines,
    tranche_lines,
)
from contracting.contracts.models import Commitment
from ui.amounts import AmountField
from ui.durations import DurationField
from ui.rows import Rows

MAX_CAP_MINUTES = 2_000_000_000
_TRANCHES, _COMMITMENTS = "tranches", "commitments"


def money_field(label: Any, *, digits: int = 12, least: str = "0.01", **options: Any) -> AmountField:
    """A field of PLN, more than 0 unless said."""
    return AmountField(label=label, min_value=Decimal(least), max_digits=digits, **options)


class CostsForm(forms.Form):
    """What of the costs others than the unit cover; empty is 0."""

    outside_grant = money_field(
        _("Costs outside the grant"),
        least="0",
        required=False,
        help_text=_(
            "Own contribution and payments of persons, in all. Empty where the amount covers everything."
        ),
    )

    def clean_outside_grant(self) -> Decimal:
        return self.cleaned_data["outside_grant"] or Decimal(0)


class TrancheRow(forms.Form):
    """The money and hours of one budget year."""

    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=2100)
    amount = money_field(pgettext_lazy("money", "amount"), least="0")
    minutes = DurationField(label=_("hours"), required=False, max_minutes=MAX_CAP_MINUTES)


TrancheRows = forms.formset_factory(
    TrancheRow, formset=Rows, extra=1, max_num=10, absolute_max=10, can_delete=True
)


_WIDE = forms.Textarea(attrs={"class": "input-wide", "rows": 2})


class CommitmentRow(forms.Form):
    """One commitment: what is promised and how it is measured."""

    indicator = forms.CharField(label=_("indicator"), max_length=200, widget=_WIDE)
    # Begins with what a browser sends of an untouched row, which would count as filled in otherwise.
    direction = forms.ChoiceField(
        label=_("direction"),
        choices=Commitment.Direction.choices,
        initial=Commitment.Direction.choices[0][0],
    )
    promised = AmountField(label=_("value"), max_digits=10)
    unit = forms.CharField(label=_("unit"), max_length=40, required=False)
    measure = forms.ChoiceField(
        label=_("measured by"), choices=Commitment.Measure.choices, initial=Commitment.Measure.REPORTED
    )
    method = forms.CharField(
        label=pgettext_lazy("commitment", "how"), max_length=300, required=False, widget=_WIDE
    )
    part = forms.CharField(max_length=30, required=False, widget=forms.HiddenInput)


CommitmentRows = forms.formset_factory(
    CommitmentRow, formset=Rows, extra=1, max_num=40, absolute_max=40, can_delete=True
)


class LineRows:
    """The years and commitments of a draft or a contract as two formsets, as they stand or as they were typed."""

    def __init__(self, typed: Any = None, *, owner: Owner | None = None) -> None:
        years: list[dict[str, Any]] = []
        promised: list[dict[str, Any]] = []
        if typed is None and owner is not None:
            years = [
                {"year": year, "amount": amount, "minutes": minutes}
                for year, amount, minutes in tranche_lines(owner)
            ]
            promised = [asdict(line) for line in commitment_lines(owner)]
        self.tranches: Any = TrancheRows(typed, prefix=_TRANCHES, initial=years)
        self.commitments: Any = CommitmentRows(typed, prefix=_COMMITMENTS, initial=promised)

    def typed_tranches(self) -> list[TrancheLine]:
        """The years as typed, of valid rows."""
        return [(row["year"], row["amount"], row["minutes"]) for row in _rows(self.tranches)]

    def typed_commitments(self) -> list[CommitmentLine]:
        """The commitments as typed, of valid rows."""
        names = CommitmentLine.__dataclass_fields__
        return [CommitmentLine(**{name: row[name] for name in names}) for row in _rows(self.commitments)]


def _rows(formset: Any) -> list[dict[str, Any]]:
    """Stored rows stay although nobody touched them; empty extra rows and removed ones go."""
    return [
        row.cleaned_data
        for place, row in enumerate(formset.forms)
        if (place < formset.initial_form_count() or row.has_changed()) and not row.cleaned_data.get("DELETE")
    ]
