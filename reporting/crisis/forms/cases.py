"""Forms of cases: the list's filter, opening, problems and institutions, the team, closing."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import Contract
from kernel.access import Access
from reporting.care.models import Person
from reporting.care.permissions import READ_PERSONS
from reporting.crisis.actions import CaseOpening
from reporting.crisis.forms.moments import instant_in
from reporting.crisis.models import CaseWorker, ContactCorrection, CrisisCase, DictionaryEntry, Reopening
from ui.days import DayField
from ui.times import TimeField

People = Sequence[tuple[UUID, str]]


class CasesFilter(forms.Form):
    """Which cases the list shows."""

    q = forms.CharField(label=_("Number"), max_length=30, required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    over = forms.BooleanField(label=_("Only over the limit of sessions"), required=False)
    mine = forms.BooleanField(label=_("Only those I work on"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("crisis cases", "all")),
            *CrisisCase.State.choices,
        ]


class EntriesField(forms.ModelMultipleChoiceField):
    """Entries of one dictionary, those of them that may be chosen."""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(queryset=None, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)

    def offer(self, day: date, *, also: Iterable[Any] = ()) -> None:
        """Let entries in use on the day be chosen, and those that the case has already."""
        now = DictionaryEntry.objects.in_use_on(day).filter(kind=self.kind)
        had = DictionaryEntry.objects.filter(kind=self.kind, pk__in=list(also))
        self.queryset = (now | had).distinct().order_by("name")


class _Described(forms.Form):
    categories = EntriesField(DictionaryEntry.Kind.CATEGORY, label=_("Problems"))
    institutions = EntriesField(DictionaryEntry.Kind.INSTITUTION, label=_("Institutions that help"))

    def chosen(self) -> list[DictionaryEntry]:
        """Problems and institutions together."""
        return [*self.cleaned_data["categories"], *self.cleaned_data["institutions"]]


class OpenCaseForm(_Described):
    """A first contact."""

    day = DayField(label=_("Day of the first contact"), past=True)
    time = TimeField(label=_("Time of the first contact"))
    contact = forms.ChoiceField(label=_("How"), choices=CrisisCase.Contact.choices, widget=forms.RadioSelect)
    identity = forms.ChoiceField(
        label=_("Who is helped"), choices=CrisisCase.Identity.choices, widget=forms.RadioSelect
    )
    person = forms.CharField(
        label=_("Code of the registered person"),
        help_text=_("For example P012, as in the list of persons."),
        max_length=30,
        required=False,
    )
    alias = forms.CharField(
        label=_("Alias"),
        help_text=_("Kept encrypted; only those who work on the case see it."),
        max_length=80,
        required=False,
    )
    contract: Any = forms.ModelChoiceField(label=_("Contract"), queryset=None)
    owner = forms.ChoiceField(
        label=_("Who sees to the debriefing"),
        help_text=_("After a contact in the field the team holds a debriefing; this person sees to it."),
        required=False,
    )

    def __init__(self, *args: Any, access: Access, people: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access, self.people = access, {str(key): name for key, name in people}
        self.fields["owner"].choices = [("", _("me")), *self.people.items()]  # type: ignore[attr-defined]
        if not access.may(READ_PERSONS):
            del self.fields["person"]
            self.fields["identity"].choices = [  # type: ignore[attr-defined]
                choice for choice in CrisisCase.Identity.choices if choice[0] != "person"
            ]
        if access.sees_all_organisations:
            del self.fields["contract"]
        else:
            self.fields["contract"].queryset = (  # type: ignore[attr-defined]
                Contract.objects.visible_to(access).order_by("number")
            )
        for name in ("categories", "institutions"):
            self.fields[name].offer(timezone.localdate())  # type: ignore[attr-defined]
        self.order_fields(
            ["contract", "day", "time", "contact", "owner", "identity", "person", "alias", "categories"]
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["opened_at"] = instant_in(self)
        code = cleaned.get("person", "")
        cleaned["found"] = None
        if code and cleaned.get("identity") == CrisisCase.Identity.PERSON:
            cleaned["found"] = Person.objects.visible_to(self.access).filter(code=code.strip()).first()
            if cleaned["found"] is None:
                self.add_error(
                    "person", _("There is no person with this code whom you may see. Check the code.")
                )
        return cleaned

    def entry(self) -> CaseOpening:
        """What the action takes; call it once the form is valid."""
        told = self.cleaned_data
        owner = told.get("owner")
        return CaseOpening(
            opened_at=told["opened_at"],
            contact=told["contact"],
            identity=told["identity"],
            contract=told.get("contract"),
            person=told["found"],
            alias=told.get("alias", "") if told["identity"] == CrisisCase.Identity.ALIAS else "",
            entries=self.chosen(),
            debriefing_owner=(UUID(owner), self.people[owner]) if owner else None,
        )


class DescribeCaseForm(_Described):
    """Problems and institutions of a case."""

    since = DayField(label=_("New ones count since"), past=True)

    def __init__(self, data: Any = None, *, case: CrisisCase) -> None:
        rows = list(case.entries.values_list("entry_id", "entry__kind"))
        had = [pk for pk, _kind in rows]
        initial = {
            "categories": [pk for pk, kind in rows if kind == DictionaryEntry.Kind.CATEGORY],
            "institutions": [pk for pk, kind in rows if kind == DictionaryEntry.Kind.INSTITUTION],
            "since": timezone.localdate(),
        }
        super().__init__(data, initial=initial)
        for name in ("categories", "institutions"):
            self.fields[name].offer(timezone.localdate(), also=had)  # type: ignore[attr-defined]


class CloseCaseForm(forms.Form):
    """The end of a case."""

    closed_on = DayField(label=_("Closed on"), past=True)
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=CrisisCase.Outcome.choices, widget=forms.RadioSelect
    )


class CorrectContactForm(forms.Form):
    """When the first contact was, and why it stood otherwise."""

    day = DayField(label=_("Day of the first contact"), past=True)
    time = TimeField(label=_("Time of the first contact"))
    reason = forms.ChoiceField(
        label=_("Why the first contact is corrected"),
        choices=ContactCorrection.Reason.choices,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["opened_at"] = instant_in(self)
        return cleaned


class AskingForm(forms.Form):
    """What was agreed with the person about being asked."""

    asking = forms.ChoiceField(
        label=_("What was agreed with the person"),
        choices=CrisisCase.Asking.choices,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, case: CrisisCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asking"].initial = case.asking
        if case.identity != CrisisCase.Identity.PERSON:
            kept = [choice for choice in CrisisCase.Asking.choices if choice[0] != CrisisCase.Asking.AGREED]
            self.fields["asking"].choices = kept  # type: ignore[attr-defined]
            self.fields["asking"].help_text = str(
                _("Somebody known by an alias, or not at all, is never drawn for a survey.")
            )


class ReopenCaseForm(forms.Form):
    """Why a closed case goes on."""

    reason = forms.ChoiceField(
        label=_("Why the case goes on"), choices=Reopening.Reason.choices, widget=forms.RadioSelect
    )


class NameWorkerForm(forms.Form):
    """Who else works on a case."""

    user_id = forms.TypedChoiceField(label=_("Person"), coerce=UUID)
    part = forms.ChoiceField(label=_("As"), choices=CaseWorker.Part.choices, initial=CaseWorker.Part.DEPUTY)

    def __init__(self, *args: Any, people: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user_id"].choices = [("", "—"), *((str(key), name) for key, name in people)]  # type: ignore[attr-defined]
