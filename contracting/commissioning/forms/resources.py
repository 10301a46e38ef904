"""Shapes of input: an entry of the directory of local resources, and what narrows the list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.forms.rows import BLANK
from contracting.commissioning.models import Resource, Service
from ui.days import DayField
from ui.durations import DurationField


class ResourceFilter(forms.Form):
    """What narrows the directory."""

    STATES = [
        ("", pgettext_lazy("resources", "there now")),
        ("stale", pgettext_lazy("resources", "not checked for a year")),
        ("retired", pgettext_lazy("resources", "no longer there")),
        ("all", pgettext_lazy("resources", "all")),
    ]

    words = forms.CharField(label=_("Words of the entry"), max_length=100, required=False)
    service: Any = forms.ModelChoiceField(
        label=_("Service"), queryset=None, required=False, empty_label=_("all")
    )
    sector = forms.ChoiceField(
        label=_("Sector"),
        choices=[("", pgettext_lazy("sectors", "all")), *Resource.Sector.choices],
        required=False,
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        service: Any = self.fields["service"]
        service.queryset = Service.objects.order_by("name")


class ResourceForm(forms.Form):
    """An entry of the directory."""

    institution = forms.CharField(label=_("Institution"), max_length=200)
    scope = forms.CharField(
        label=_("What it offers"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    address = forms.CharField(label=_("Place or address"), max_length=300)
    opening_hours = forms.CharField(
        label=_("Opening hours"),
        max_length=200,
        required=False,
        help_text=_("As people would read it on the door, for example “Mon–Fri 8–16, Wed to 18”."),
    )
    contact = forms.CharField(
        label=_("Contact of the institution"),
        max_length=200,
        required=False,
        help_text=_("Telephone or e-mail of the place, not of a private person."),
    )
    sector = forms.ChoiceField(label=_("Sector"), choices=[BLANK, *Resource.Sector.choices])
    service: Any = forms.ModelChoiceField(
        label=_("Service that it helps with"),
        queryset=None,
        required=False,
        empty_label=_("none in particular"),
    )
    minutes_month = DurationField(
        label=_("Capacity a month"),
        required=False,
        min_minutes=0,
        max_minutes=100_000_000,
        help_text=_("Hours of help a month that people of the area can get, for example “160 h”."),
    )
    persons = forms.IntegerField(
        label=_("Capacity in persons"), required=False, min_value=0, max_value=10_000_000
    )
    verified_on = DayField(
        label=_("Last checked on"), help_text=_("The day on which somebody made sure that all this is so.")
    )
    retired = forms.BooleanField(label=_("No longer there"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        service: Any = self.fields["service"]
        service.queryset = Service.objects.order_by("name")
