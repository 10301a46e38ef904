"""Forms of contact points and opening hours."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reporting.crisis.models import ContactPoint
from reporting.crisis.queries.duty import of_centre
from ui.days import DayField
from ui.formatting import format_weekday
from ui.times import TimeField

_DAY = 1440
_PHONE = "phone"
_MONDAY = date(2024, 1, 1)


class PointForm(forms.Form):
    """A contact point as people find it."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name of the point"), max_length=80)
    address = forms.CharField(label=_("Address"), max_length=200)
    is_first = forms.BooleanField(
        label=_("Place of the first contact"),
        help_text=_("Whoever comes for help comes here first."),
        required=False,
    )
    way = forms.CharField(
        label=_("How to find it"),
        help_text=_("Entrance, floor, stop, what to look out for."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    marking = forms.CharField(
        label=_("How it is marked"),
        help_text=_("What stands on the sign and where it hangs."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    access = forms.MultipleChoiceField(
        label=_("Marking and accessibility"),
        choices=ContactPoint.Access.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    valid_from = DayField(label=_("Open since"))
    valid_to = DayField(label=_("Open until"), required=False)

    def values(self) -> dict[str, Any]:
        """What the action takes; call it once the form is valid."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class HoursForm(forms.Form):
    """Hours of a point or of the telephone; an end at or before the start means the next day."""

    what = forms.ChoiceField(label=_("What is open"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"), coerce=int, widget=forms.CheckboxSelectMultiple, initial=[1, 2, 3, 4, 5]
    )
    on_holidays = forms.BooleanField(label=_("Also on public holidays"), required=False)
    start = TimeField(label=_("From the hour"))
    end = TimeField(
        label=_("To the hour"),
        help_text=_("At or before the start it means the next day; 0:00 to 0:00 is around the clock."),
    )
    people = forms.IntegerField(label=_("Interventionists on duty, at least"), min_value=1, max_value=20)
    reason = forms.CharField(
        label=_("Why fewer than the standard asks for"),
        help_text=_(
            "Only where fewer suffice, for example because the point's people also answer the telephone."
        ),
        max_length=300,
        required=False,
    )
    valid_from = DayField(label=pgettext_lazy("opening hours", "Hold from"))

    def __init__(self, *args: Any, organisation_id: UUID | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        here = ContactPoint.objects.filter(of_centre(organisation_id)).exclude(valid_to__lt=today)
        self.points = {str(point.pk): point for point in here.order_by("name")}
        what: Any = self.fields["what"]
        what.choices = [
            (_PHONE, _("telephone")),
            *((key, point.name) for key, point in self.points.items()),
        ]
        weekdays: Any = self.fields["weekdays"]
        weekdays.choices = [(day, format_weekday(_MONDAY + timedelta(days=day - 1))) for day in range(1, 8)]

    def values(self) -> dict[str, Any]:
        """What the action takes; call it once the form is valid."""
        told = self.cleaned_data
        opens = told["start"].hour * 60 + told["start"].minute
        closes = told["end"].hour * 60 + told["end"].minute
        names = ("weekdays", "on_holidays", "people", "reason", "valid_from")
        return {
            "point": self.points.get(told["what"]),
            **{name: told[name] for name in names},
            "opens": opens,
            "closes": closes if closes > opens else closes + _DAY,
        }


class EndHoursForm(forms.Form):
    """The last day of hours."""

    valid_to = DayField(label=pgettext_lazy("opening hours", "Hold until"))
