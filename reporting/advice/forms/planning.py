"""Forms of planning: hours of advisers, requests, deputies, files, topics, terms, the period of the figures."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Contract
from kernel.access import Access
from reporting.advice.actions.notes import LONGEST_NOTE
from reporting.advice.actions.queue import Wish
from reporting.advice.actions.slots import Hours
from reporting.advice.files import ADVICE_REASONS
from reporting.advice.forms.appointments import ClientFields, minutes_field, offer_advisers
from reporting.advice.importing.work import file_limits
from reporting.advice.models.wording import Kind, Place, SignLanguage
from reporting.delivery.files.source import MEGABYTE
from ui.days import DayField
from ui.formatting import format_weekday
from ui.times import TimeField

ANY_PLACE = ("", _("any place"))


class HoursForm(forms.Form):
    """Weekly hours of an adviser."""

    adviser: Any = forms.ModelChoiceField(
        queryset=None,
        label=_("Adviser"),
        empty_label=_("choose the adviser"),
        error_messages={
            "required": _("Choose the adviser."),
            "invalid_choice": _("Choose the adviser from the list."),
        },
    )
    kind = forms.ChoiceField(label=_("Type of advice"), choices=Kind.choices)
    weekday = forms.TypedChoiceField(label=_("Weekday"), coerce=int)
    start = TimeField(label=_("Start"))
    end = TimeField(label=_("End of the hours"))
    slot_minutes = minutes_field(_("Length of a slot, minutes"))
    place = forms.ChoiceField(label=_("Place"), choices=Place.choices)
    where = forms.CharField(label=_("Where"), max_length=120, required=False)
    signs = forms.BooleanField(label=_("The adviser knows sign language"), required=False)
    valid_from = DayField(label=_("From day"))
    valid_to = DayField(label=_("To day"), required=False)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_advisers(self.fields["adviser"], access)
        weekdays: Any = self.fields["weekday"]
        weekdays.choices = [  # 1 January 2024 was a Monday
            (number, format_weekday(date(2024, 1, number))) for number in range(1, 8)
        ]

    def hours(self) -> Hours:
        """What was written."""
        return Hours(**self.cleaned_data)


class LastDayForm(forms.Form):
    """The last day of hours."""

    last_day = DayField(label=_("Last day"))


class RequestForm(ClientFields):
    """Somebody asks for advice."""

    kind = forms.ChoiceField(label=_("Type of advice"), choices=Kind.choices)
    requested_on = DayField(label=_("Requested on"), past=True)
    place = forms.ChoiceField(label=_("Place"), choices=[ANY_PLACE, *Place.choices], required=False)
    afternoon = forms.BooleanField(label=_("Afternoons only (from 15:00)"), required=False)
    sign_language = forms.ChoiceField(label=_("Sign language"), choices=SignLanguage.choices, required=False)
    field_order = (
        "kind",
        "requested_on",
        "person",
        "alias",
        "mail",
        "phone",
        "disability",
        "place",
        "afternoon",
        "sign_language",
    )

    def wish(self) -> Wish:
        """What was written."""
        data = self.cleaned_data
        return Wish(
            kind=data["kind"],
            requested_on=data["requested_on"],
            client=self.client(),
            place=data["place"],
            afternoon=data["afternoon"],
            sign_language=data["sign_language"] or SignLanguage.NONE,
        )


class NoteForm(forms.Form):
    """The confidential note."""

    text = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 12, "autocomplete": "off"}),
        help_text=_("Stored encrypted. You read it, and the deputies you have named; nobody else."),
        error_messages={"required": _("Write the note, or go back.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class DeputyForm(forms.Form):
    """Who may read one's notes, and when."""

    deputy = forms.ChoiceField(
        label=_("Deputy"),
        error_messages={
            "required": _("Choose the deputy."),
            "invalid_choice": _("Choose somebody from the list: a person who may read cards here."),
        },
    )
    valid_from = DayField(label=_("From day"))
    valid_to = DayField(label=_("To day"))

    def __init__(self, *args: Any, people: dict[Any, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deputy: Any = self.fields["deputy"]
        deputy.choices = [("", _("choose the deputy")), *((str(pk), name) for pk, name in people.items())]


class FileForm(forms.Form):
    """A file of advice, and the contract under which it was given, if any."""

    contract: Any = forms.ModelChoiceField(
        queryset=None,
        label=_("Contract"),
        required=False,
        empty_label=_("none: own staff of the unit"),
        error_messages={"invalid_choice": _("Choose the contract from the list.")},
    )
    file = forms.FileField(
        label=_("File"),
        max_length=255,
        error_messages={
            "required": _("Choose the file with the advice (CSV, XLSX or ODS)."),
            "empty": ADVICE_REASONS["empty_file"],
            "max_length": _("The name of the file is longer than 255 characters. Give it a shorter one."),
        },
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["contract"]
        field.queryset = Contract.objects.visible_to(access).select_related("service").order_by("number")
        field.label_from_instance = lambda contract: f"{contract.number} · {contract.service}"
        if access.organisation_ids is not None:
            field.empty_label = _("none")
        self.fields["file"].widget.attrs["accept"] = ".csv,.xlsx,.ods"

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        size, limit = file.size or 0, file_limits().max_bytes
        if size > limit:
            sentence = format_lazy(
                ADVICE_REASONS["too_large"],
                size=f"{size / MEGABYTE:.0f}",
                limit=str(limit // MEGABYTE),
            )
            raise ValidationError(str(sentence), code="too_large")
        return file


class TopicForm(forms.Form):
    """A topic of the dictionary."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=30,
        error_messages={
            "required": _("Write a short code, for example debts."),
            "invalid": _("A code has letters, digits, hyphens and underscores only, without Polish letters."),
        },
    )
    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Write the name of the topic.")}
    )


class ChangeTopicForm(forms.Form):
    """A stored topic."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Write the name of the topic.")}
    )
    active = forms.BooleanField(label=_("in use"), required=False)


def _days_field(label: Any, least: int, most: int, wrong: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )


class TermsForm(forms.Form):
    """What the unit settles for advice."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    long_session_minutes = minutes_field(
        _("A session is long from, minutes"),
        help_text=_("The pilots of the standard held two hours to be the limit."),
    )
    most_minutes = minutes_field(
        _("No session is longer than, minutes"),
        help_text=_("From 15 minutes to 12 hours. Holds on pages, in files and for other systems."),
    )
    hold_hours = _days_field(
        _("A freed time is held for so many hours"), 1, 336, _("Write a number of hours from 1 to 336.")
    )
    days_back = _days_field(
        _("Advice is entered for so many days back"), 31, 3653, _("Write a number of days from 31 to 3653.")
    )
    days_ahead = _days_field(
        _("Advice is booked for so many days ahead"), 7, 1096, _("Write a number of days from 7 to 1096.")
    )
    weeks_ahead = forms.IntegerField(
        label=_("Slots are made so many weeks ahead"),
        min_value=1,
        max_value=26,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            code: _("Write a number of weeks from 1 to 26.")
            for code in ("required", "invalid", "min_value", "max_value")
        },
    )
    deputy_days = forms.IntegerField(
        label=_("A deputy reads notes for so many days at most"),
        help_text=_("For a leave or an illness. Deputyships that were given already stay as they are."),
        min_value=1,
        max_value=366,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            code: _("Write a number of days from 1 to 366.")
            for code in ("required", "invalid", "min_value", "max_value")
        },
    )
    watch_presence = forms.BooleanField(
        label=_("Never alone on the premises"),
        help_text=_(
            "For an appointment at the office during which no plan shows another adviser there, whoever books "
            "writes who will be there, or why nobody is."
        ),
        required=False,
    )


class PeriodForm(forms.Form):
    """The period of the figures, both days inclusive."""

    first = DayField(label=_("From day"))
    last = DayField(label=_("To day"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("first") and cleaned.get("last") and cleaned["first"] > cleaned["last"]:
            self.add_error("last", _("The period ends before it begins: correct one of the days."))
        return cleaned
