"""Shapes of input of step 2: items of the scope, terms of delivery with hours, indicators."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.forms.rows import Blankable, ObjectChoice, RowForm, rows_of
from contracting.commissioning.models import QualityIndicator, ScopeItem
from contracting.commissioning.rules.scope import Availability, availability_of
from ui.amounts import AmountField
from ui.durations import DurationField
from ui.rows import Rows
from ui.times import TimeField

WEEKDAYS = [
    (1, _("Mo")),
    (2, _("Tu")),
    (3, _("We")),
    (4, _("Th")),
    (5, _("Fr")),
    (6, _("Sa")),
    (7, _("Su")),
]


class ScopeRow(RowForm):
    """One activity: by whom, how, how often, how long, for how many, for which need."""

    activity = ObjectChoice(label=_("activity"))
    need = ObjectChoice(label=_("diagnosed need"), required=False)
    performer = Blankable(label=_("who does it"), choices=ScopeItem.Performer.choices)
    mode = Blankable(label=pgettext_lazy("mode", "how"), choices=ScopeItem.Mode.choices)
    times_week = AmountField(
        label=_("times a week"), plain=True, min_value=Decimal("0.01"), max_value=Decimal(70), max_digits=5
    )
    minutes_each = DurationField(label=_("each time"), max_minutes=24 * 60)
    persons = forms.IntegerField(label=_("persons"), min_value=1, max_value=1_000_000)
    note = forms.CharField(label=_("note"), max_length=300, required=False)


class IndicatorRow(RowForm):
    """One indicator: what is measured, against which target, and how."""

    name = forms.CharField(label=_("indicator"), max_length=200)
    unit = forms.CharField(label=_("unit"), max_length=30)
    direction = Blankable(label=_("direction"), choices=QualityIndicator.Direction.choices)
    target = AmountField(label=_("target"), plain=True, max_digits=12)
    method = forms.CharField(
        label=_("method of measurement"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    measure = Blankable(label=_("where the result is from"), choices=QualityIndicator.Measure.choices)


ScopeRows = rows_of(ScopeRow)
IndicatorRows = rows_of(IndicatorRow, extra=1)


class TermsForm(forms.Form):
    """Places of delivery, and who helps outside the hours of the service."""

    places = forms.CharField(
        label=_("Places of delivery"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Homes of the persons, a day centre, a mobile point: one place a line."),
    )
    support_network = forms.CharField(
        label=_("Support network"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "What family, neighbours and volunteers do beside the service, and how they are supported. No names."
        ),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class HoursRow(forms.Form):
    """Hours in which the service is there on one or several weekdays."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("weekdays"), choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    start = TimeField(label=pgettext_lazy("hours", "from"))
    end = TimeField(label=pgettext_lazy("hours", "to"))


class _HoursRows(Rows):
    def hours(self) -> list[Availability]:
        """What the rows say, in their order."""
        return [Availability(tuple(row["weekdays"]), row["start"], row["end"]) for row in self.filled()]


HoursRows = forms.formset_factory(
    HoursRow, formset=_HoursRows, extra=1, max_num=30, absolute_max=30, can_delete=True
)


def rows_of_hours(stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The stored hours as rows of the form."""
    return [
        {"weekdays": list(one.weekdays), "start": one.start, "end": one.end}
        for one in map(availability_of, stored)
    ]
