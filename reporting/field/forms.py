"""Forms of the field: settling an entry, answering an observation, choosing a card."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reporting.field.actions.observing import LONGEST
from ui.days import DayField
from ui.months import MonthField
from ui.times import TimeField


class SettleForm(forms.Form):
    """A choice about an entry that needs no more than a button: keep, both, replace, retry."""

    choice = forms.CharField(max_length=10)
    visit = forms.UUIDField(required=False)
    version = forms.IntegerField(required=False, min_value=0)


class TimesForm(forms.Form):
    """The times of a visit as somebody who knows says them."""

    number = forms.CharField(label=_("Number of the decision"), max_length=60)
    day = DayField(label=pgettext_lazy("field", "Day"))
    start = TimeField(label=pgettext_lazy("field", "Start"))
    end = TimeField(label=pgettext_lazy("field", "End"))
    overnight = forms.BooleanField(label=_("The visit ended on the next day"), required=False)


class CarerForm(forms.Form):
    """Which carer serves the person of which decision; the buttons of the list carry both."""

    worker = forms.UUIDField()
    decision = forms.UUIDField()


class AnswerForm(forms.Form):
    """The answer to an observation."""

    answer = forms.CharField(
        label=_("Answer to the carer"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The carer reads it on the phone. It can be given once."),
        error_messages={"required": _("The answer is empty. Write what is to be done.")},
    )


class ObservationsFilter(forms.Form):
    """Which observations are listed; it lives in the address."""

    STATES = (
        ("", pgettext_lazy("observations", "all")),
        ("unread", pgettext_lazy("observations", "not read")),
        ("unanswered", pgettext_lazy("observations", "not answered")),
        ("urgent", pgettext_lazy("observations", "urgent")),
    )
    state = forms.ChoiceField(label=_("Show"), choices=STATES, required=False)


class CardForm(forms.Form):
    """Whose card of which month: of a carer, with all persons of the carer, or of one decision."""

    month = MonthField(label=_("Month"))
    worker = forms.ChoiceField(label=_("Carer"), required=False)
    number = forms.CharField(
        label=_("or number of the decision"),
        max_length=60,
        required=False,
        help_text=_("One card for one person."),
    )

    def __init__(self, *args: Any, months: Any, workers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        month: Any = self.fields["month"]
        month.offer(months)
        worker: Any = self.fields["worker"]
        worker.choices = [("", _("choose")), *workers]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("worker") and not given.get("number"):
            self.add_error("worker", _("Choose a carer, or write the number of a decision."))
        return given
