"""Shapes of input of step 4: sources of money and costs, by year."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.forms.rows import Blankable, RowForm, rows_of
from contracting.commissioning.models import CostLine, FundingSource
from ui.amounts import AmountField


class SourceRow(RowForm):
    """Money of one source for one year."""

    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=2100)
    kind = Blankable(label=_("source of money"), choices=FundingSource.Kind.choices)
    name = forms.CharField(label=_("name or programme"), max_length=160, required=False)
    amount = AmountField(label=_("amount [zł]"), min_value=Decimal("0.01"))


class CostRow(RowForm):
    """A cost of one year: the cost of a unit and how many units."""

    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=2100)
    kind = Blankable(label=_("kind of cost"), choices=CostLine.Kind.choices)
    name = forms.CharField(label=pgettext_lazy("cost", "name"), max_length=160, required=False)
    unit_cost = AmountField(label=_("cost of a unit [zł]"), max_digits=10)
    quantity = AmountField(label=_("quantity"), plain=True, max_digits=12)
    unit = forms.CharField(label=_("unit"), max_length=30, required=False)


SourceRows = rows_of(SourceRow)
CostRows = rows_of(CostRow)
