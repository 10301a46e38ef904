"""Forms of places and stays."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.periods import local_date
from reporting.crisis.models import CrisisCase, ShelterPlace, ShelterStay
from reporting.crisis.queries.duty import of_centre
from ui.days import DayField
from ui.months import MonthField

_GROUND = _(
    "Only for a stay longer than the limit. Checked in the text of the act: art. 47 (3) and (3a). The extension in "
    "support centres rests on the regulation of 20 June 2023 as centres describe it: check it before you rely on it."
)


class ShelterFilter(forms.Form):
    """Which month of which centre."""

    month = MonthField(label=_("Month"), required=False)
    centre = forms.ChoiceField(label=_("Centre"), required=False)


class _WithGround(forms.Form):
    ground = forms.ChoiceField(label=_("Ground of a longer stay"), help_text=_GROUND, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [("", "—"), *ShelterStay.Ground.choices]  # type: ignore[attr-defined]


class BeginStayForm(_WithGround):
    """A place for somebody of a case."""

    place: Any = forms.ModelChoiceField(label=_("Place in the shelter"), queryset=None)
    from_day = DayField(label=_("Day of coming"))
    to_day = DayField(label=_("Day of leaving"))

    field_order = ["place", "from_day", "to_day", "ground"]

    def __init__(self, *args: Any, case: CrisisCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = ShelterPlace.objects.filter(of_centre(case.organisation_id))
        # Stays that began before they are entered may lie on places that have ended meanwhile.
        places = here.there_between(local_date(case.opened_at), date.max)
        self.fields["place"].queryset = places.order_by("name")  # type: ignore[attr-defined]


class ChangeStayForm(_WithGround):
    """Another day of leaving."""

    to_day = DayField(label=_("Day of leaving"))

    field_order = ["to_day", "ground"]


class EndStayForm(forms.Form):
    """The day on which somebody left."""

    to_day = DayField(label=_("Left on"), past=True)


class PlaceForm(forms.Form):
    """A new place."""

    name = forms.CharField(label=_("Name of the place"), max_length=60)
    valid_from = DayField(label=_("There from"))


class EndPlaceForm(forms.Form):
    """The last day of a place."""

    valid_to = DayField(label=_("There until"))
