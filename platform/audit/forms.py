"""What narrows the record of actions and the log of readings."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from audit.models import Entry, Reading
from audit.words import PAGES, SUBJECTS, VERBS
from kernel.periods import resolve_wall_time
from kernel.polish import folded, words_of
from ui.days import DayField

# What `who` says of entries that no account of a person made: commands, the clock, providers' systems.
NOBODY = "-"


class PeriodFilter(forms.Form):
    """From which day to which."""

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

    def within(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of these days; none where the days themselves are wrong."""
        return self._narrow(rows) if self.is_valid() else rows.none()

    def _narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.cleaned_data
        if chosen.get("first"):
            rows = rows.filter(at__gte=_midnight(chosen["first"]))
        if chosen.get("last"):
            rows = rows.filter(at__lt=_midnight(chosen["last"] + timedelta(days=1)))
        return rows


def _midnight(day: date) -> datetime:
    """The instant at which a day begins in Poland, where the clocks never skip midnight."""
    return resolve_wall_time(day, time.min)


class _ByPerson(PeriodFilter):
    """Who, chosen by name and named in the address by the key of the account alone, and from which day to which.

    `people` are the accounts to choose from, as (id, name).
    """

    who = forms.ChoiceField(label=_("Who"), required=False)

    def __init__(self, *args: Any, people: Iterable[tuple[UUID, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who: Any = self.fields["who"]
        named = [(str(pk), name) for pk, name in people]
        who.choices = [("", _("everybody")), *named, (NOBODY, _("the platform or a provider's system"))]

    def _narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        who = self.cleaned_data.get("who")
        if who == NOBODY:
            rows = rows.filter(actor_id__isnull=True)
        elif who:
            rows = rows.filter(actor_id=who)
        return super()._narrow(rows)


class _ByVerb(PeriodFilter):
    """What was done, in which days, and about what: `subject` is its key, a person's among others."""

    verb = forms.ChoiceField(label=_("What"), required=False)
    about = forms.ChoiceField(label=_("About"), required=False)
    subject = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ("verb", "about", "who", "first", "last")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in (("verb", VERBS), ("about", SUBJECTS)):
            field: Any = self.fields[name]
            field.choices = [("", _("all")), *sorted(words.items(), key=lambda item: str(item[1]))]

    def narrow(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """The entries that fit; none where the filter itself is wrong."""
        if not self.is_valid():
            return entries.none()
        chosen = self.cleaned_data
        if chosen.get("verb"):
            entries = entries.filter(verb=chosen["verb"])
        if chosen.get("about"):
            entries = entries.filter(subject_type=chosen["about"])
        if chosen.get("subject"):
            entries = entries.filter(subject_id=str(chosen["subject"]))
        return self._narrow(entries)


class EntryFilter(_ByVerb, _ByPerson):
    """What narrows the record of actions of a tenant."""


class PlatformEntryFilter(_ByVerb):
    """What narrows the platform's own record, where sign-ins name their account by its id only."""

    who = forms.CharField(label=_("Who"), max_length=100, required=False)

    def _narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        accounts = get_user_model().objects.alias(folded_name=folded("full_name"))
        for word in words_of(self.cleaned_data.get("who") or ""):
            named = accounts.filter(folded_name__contains=word).values("pk")
            rows = rows.alias(folded_actor=folded("actor_label"))
            rows = rows.filter(Q(folded_actor__contains=word) | Q(actor_id__in=named))
        return super()._narrow(rows)


class ReadingFilter(_ByPerson):
    """What narrows the log of readings; `person` is the key of somebody whose data was read."""

    page_read = forms.ChoiceField(label=_("Page"), required=False)
    person = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ("page_read", "who", "first", "last")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Several pages may be called the same: they are chosen together.
        called: dict[str, str] = {}
        for name, words in PAGES.items():
            called.setdefault(str(words), name)
        page: Any = self.fields["page_read"]
        page.choices = [("", _("all")), *((called[words], words) for words in sorted(called))]

    def narrow(self, readings: QuerySet[Reading]) -> QuerySet[Reading]:
        """The readings that fit; none where the filter itself is wrong."""
        if not self.is_valid():
            return readings.none()
        if self.cleaned_data.get("page_read"):
            words = str(PAGES[self.cleaned_data["page_read"]])
            readings = readings.filter(page__in=[name for name, said in PAGES.items() if str(said) == words])
        if self.cleaned_data.get("person"):
            readings = readings.filter(subject_ids__contains=[str(self.cleaned_data["person"])])
        return self._narrow(readings)
