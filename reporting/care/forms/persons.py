"""Shapes of input: persons, their search."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.care.actions import PersonEntry
from reporting.care.models import Person

SEARCH_LENGTH = 100


class SearchForm(forms.Form):
    """What somebody searches for. Sent by POST: it may be a name or a PESEL, which no address may carry."""

    q = forms.CharField(
        label=_("Name, code or PESEL"),
        max_length=SEARCH_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class PersonForm(forms.Form):
    """A person; the field for a reason appears once the checksum of the PESEL is found wrong."""

    surname = forms.CharField(
        label=_("Surname"), max_length=80, error_messages={"required": _("Write the surname.")}
    )
    given_name = forms.CharField(
        label=_("Given name"), max_length=80, error_messages={"required": _("Write the given name.")}
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=30,
        help_text=_("Short and without a name in it, for example P001."),
        error_messages={"required": _("Write a code of your own, for example P001.")},
    )
    pesel = forms.CharField(
        label=_("PESEL"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Leave empty for a person without a PESEL. It is stored encrypted."),
    )
    pesel_override_reason = forms.CharField(
        label=_("Why is a PESEL with a wrong checksum accepted?"),
        max_length=200,
        required=False,
        help_text=_(
            "For example: printed like that on the identity card. Leave empty if you corrected the number."
        ),
    )
    birth_year = forms.IntegerField(
        label=_("Year of birth"),
        required=False,
        min_value=1880,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("Taken from the PESEL where it is empty."),
        error_messages={
            code: _("The year of birth must lie between 1880 and 2100. Write four digits, or leave it empty.")
            for code in ("invalid", "min_value", "max_value")
        },
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def asks_for_reason(self) -> bool:
        """Whether the reason is to be shown: after a wrong checksum, or where one was given."""
        if self["pesel_override_reason"].value():
            return True
        return self.is_bound and any(
            item.code == "pesel_checksum" for item in self.errors.as_data().get("pesel", [])
        )

    def entry(self, *, keep_pesel: bool = False) -> PersonEntry:
        """What was typed. With `keep_pesel` the stored number stays."""
        cleaned = self.cleaned_data
        return PersonEntry(
            code=cleaned["code"],
            surname=cleaned["surname"],
            given_name=cleaned["given_name"],
            birth_year=cleaned["birth_year"],
            pesel=None if keep_pesel else cleaned["pesel"],
            pesel_override_reason=cleaned["pesel_override_reason"],
        )


class EditPersonForm(PersonForm):
    """A stored person, whose PESEL is not shown: an empty field keeps it, unless it is to be removed."""

    remove_pesel = forms.BooleanField(label=_("Remove the stored PESEL"), required=False)
    field_order = ("surname", "given_name", "code", "pesel", "pesel_override_reason", "remove_pesel")

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if person.pesel_index is None:
            del self.fields["remove_pesel"]
        else:
            self.fields["pesel"].help_text = _(
                "Leave empty to keep the stored number; type a new one to replace it."
            )

    def entry(self, *, keep_pesel: bool = False) -> PersonEntry:
        removed = self.cleaned_data.get("remove_pesel", False)
        return super().entry(keep_pesel=keep_pesel or (not self.cleaned_data["pesel"] and not removed))
