"""What narrows the record of actions and the log of readings."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from audit.models import Entry, Reading
from audit.words import VERBS
from kernel.periods import resolve_wall_time
from kernel.polish import folded, words_of
from ui.days import DayField


class _PeriodFilter(forms.Form):
    """Who, and from which day to which."""

    who = forms.CharField(label=_("Who"), max_length=100, required=False)
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error(
                "last", ValidationError(_("The last day comes before the first: correct one of the dates."))
            )
        return cleaned

    def _by(self, word: str) -> Q:
        """Rows done by somebody whose name holds the word."""
        return Q(folded_actor__contains=word)

    def _narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.cleaned_data
        for word in words_of(chosen.get("who") or ""):
            rows = rows.alias(folded_actor=folded("actor_label")).filter(self._by(word))
        if chosen.get("first"):
            rows = rows.filter(at__gte=_midnight(chosen["first"]))
        if chosen.get("last"):
            rows = rows.filter(at__lt=_midnight(chosen["last"] + timedelta(days=1)))
        return rows


def _midnight(day: date) -> datetime:
    """The instant at which a day begins in Poland, where the clocks never skip midnight."""
    return resolve_wall_time(day, time.min)


class EntryFilter(_PeriodFilter):
    """What narrows the record of actions."""

    verb = forms.ChoiceField(label=_("What"), required=False)
    subject = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ("verb", "who", "first", "last")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        verbs: Any = self.fields["verb"]
        verbs.choices = [("", _("all")), *sorted(VERBS.items(), key=lambda item: str(item[1]))]

    def narrow(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """The entries that fit; none where the filter itself is wrong."""
        if not self.is_valid():
            return entries.none()
        if self.cleaned_data.get("verb"):
            entries = entries.filter(verb=self.cleaned_data["verb"])
        if self.cleaned_data.get("subject"):
            entries = entries.filter(subject_id=str(self.cleaned_data["subject"]))
        return self._narrow(entries)


class PlatformEntryFilter(EntryFilter):
    """What narrows the platform's own record, where sign-ins name their account by its id only."""

    def _by(self, word: str) -> Q:
        named = get_user_model().objects.alias(folded_name=folded("full_name"))
        return super()._by(word) | Q(actor_id__in=named.filter(folded_name__contains=word).values("pk"))


class ReadingFilter(_PeriodFilter):
    """What narrows the log of readings; `person` is the id of somebody whose data was read."""

    person = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def narrow(self, readings: QuerySet[Reading]) -> QuerySet[Reading]:
        """The readings that fit; none where the filter itself is wrong."""
        if not self.is_valid():
            return readings.none()
        if self.cleaned_data.get("person"):
            readings = readings.filter(subject_ids__contains=[str(self.cleaned_data["person"])])
        return self._narrow(readings)
