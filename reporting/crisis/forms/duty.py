"""Forms of the roster, of meetings and debriefings."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.crisis.actions import DutyEntry, MeetingEntry
from reporting.crisis.forms.cases import People
from reporting.crisis.forms.moments import instant_in
from ui.days import DayField
from ui.months import MonthField
from ui.times import TimeField

_MOST_WEEKS = 12


class RosterFilter(forms.Form):
    """Which month of which centre."""

    month = MonthField(label=_("Month"), required=False)
    centre = forms.ChoiceField(label=_("Centre"), required=False)


class DutyForm(forms.Form):
    """Somebody on duty; an end before the start means the next day."""

    user_id = forms.TypedChoiceField(label=_("Interventionist"), coerce=UUID)
    day = DayField(label=_("Day"))
    start = TimeField(label=_("Start"))
    end = TimeField(label=_("End of the duty"), help_text=_("At or before the start it means the next day."))

    def __init__(self, *args: Any, people: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user_id"].choices = [("", "—"), *((str(key), name) for key, name in people)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end, day = cleaned.get("start"), cleaned.get("end"), cleaned.get("day")
        if start is not None and end is not None and day is not None:
            cleaned["last_day"] = day if end > start else day + timedelta(days=1)
            cleaned["starts_at"] = instant_in(self, "day", "start")
            cleaned["ends_at"] = instant_in(self, "last_day", "end")
        return cleaned

    def entry(self, organisation_id: UUID | None) -> DutyEntry:
        """What the action takes; call it once the form is valid."""
        told = self.cleaned_data
        return DutyEntry(organisation_id, told["user_id"], told["starts_at"], told["ends_at"])


class CopyWeekForm(forms.Form):
    """A planned week that is to be repeated."""

    week = DayField(label=_("A day of the week that is copied"))
    weeks = forms.IntegerField(
        label=_("To how many weeks after it"), min_value=1, max_value=_MOST_WEEKS, initial=1
    )

    @property
    def monday(self) -> date:
        day: date = self.cleaned_data["week"]
        return day - timedelta(days=day.weekday())


class MeetingForm(forms.Form):
    """A meeting of the team."""

    day = DayField(label=_("Day"), past=True)
    time = TimeField(label=_("Start"))
    minutes = forms.IntegerField(label=_("Length, minutes"), min_value=1, max_value=720)
    cases = forms.IntegerField(label=_("Cases discussed"), min_value=0, max_value=200)
    people = forms.MultipleChoiceField(
        label=_("Who took part"), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(
        label=_("Others who took part"),
        help_text=_("Names separated by commas, for example of therapists."),
        max_length=500,
        required=False,
    )

    def __init__(self, *args: Any, people: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = [(name, name) for _key, name in people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["held_at"] = instant_in(self)
        return cleaned

    def entry(self, organisation_id: UUID | None) -> MeetingEntry:
        """What the action takes; call it once the form is valid."""
        told = self.cleaned_data
        others = [name.strip()[:150] for name in told["others"].split(",") if name.strip()]
        people = tuple(dict.fromkeys([*told["people"], *others]))
        return MeetingEntry(organisation_id, told["held_at"], told["minutes"], told["cases"], people)


class DebriefingForm(forms.Form):
    """The day on which a debriefing was held."""

    held_on = DayField(label=_("Held on"), past=True)
