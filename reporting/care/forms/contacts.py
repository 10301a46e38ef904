"""Shape of input: how a person is reached."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.care.contacts import Contact


def _text(label: Any, longest: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, **more)


def _phone(label: Any, **more: Any) -> forms.CharField:
    return _text(label, 30, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}), **more)


class ContactForm(forms.Form):
    """The whole contact: what is cleared is removed. The action judges the telephone numbers."""

    address = _text(
        _("Address"),
        200,
        help_text=_("Street, house and flat, town; for example ul. Polna 4 m. 2, Barlinek."),
    )
    phone = _phone(_("Telephone"), help_text=_("Nine digits; of another country with + and its code."))
    close_name = _text(_("Person close to them"), 120, help_text=_("First name and surname."))
    close_relation = _text(_("Relation"), 60, help_text=_("For example daughter, neighbour, guardian."))
    close_phone = _phone(_("Their telephone"))
    entry_note = _text(
        _("Note for entry"),
        300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Door code, where the key is, a dog. The carer sees it on her phone; write nothing about health."
        ),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def contact(self) -> Contact:
        """What was typed, in one line each."""
        typed = {name: text for name, text in self.cleaned_data.items() if name != "seen"}
        return Contact(**{name: " ".join(text.split()) for name, text in typed.items()})
