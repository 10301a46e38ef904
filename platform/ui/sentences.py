"""The house's own sentences in place of the framework's: what is wrong with a value, and what to do about it."""

from typing import Any

from django import forms
from django.core import validators
from django.db import models
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

_EMPTY = _("Fill in this field.")
_CHOOSE = _("Choose one of the answers.")
_CHOOSE_SOME = _("Choose at least one answer.")
_NOT_LISTED = _("What was chosen is not on the list, perhaps no longer: choose again.")
_NO_FILE = _("The file did not arrive: choose it once more.")
_NUMBER = _("Write a number, for example 12,5.")
_ADDRESS = _("Write the whole address of the page, for example https://www.gmina.pl/konkursy.")
_MAIL = _("Write the whole e-mail address, for example anna@organizacja.pl.")
_WRONG = _("It is not written as it should be: compare it with the hint and correct it.")
_STRANGE = _("The page sent something that does not belong here: open the page again.")

# What fields of forms say by the code of what is wrong, unless a field has words of its own.
_OF_FIELDS: dict[type, dict[str, Any]] = {
    forms.Field: {"required": _EMPTY},
    forms.IntegerField: {"invalid": _("Write a whole number, for example 12.")},
    forms.FloatField: {"invalid": _NUMBER},
    forms.DecimalField: {"invalid": _NUMBER},
    forms.DateField: {"invalid": _("Write the day as day, month and year, for example 05.10.2026.")},
    forms.TimeField: {"invalid": _("Write the time in 24 hours, for example 8:30.")},
    forms.DateTimeField: {"invalid": _("Write the day and the time, for example 05.10.2026 8:30.")},
    forms.URLField: {"invalid": _ADDRESS},
    forms.UUIDField: {"invalid": _STRANGE},
    forms.JSONField: {"invalid": _STRANGE},
    forms.BooleanField: {"required": _("Tick this box to go on.")},
    forms.ChoiceField: {"required": _CHOOSE, "invalid_choice": _NOT_LISTED},
    forms.MultipleChoiceField: {
        "required": _CHOOSE_SOME,
        "invalid_choice": _NOT_LISTED,
        "invalid_list": _NOT_LISTED,
    },
    forms.ModelChoiceField: {"required": _CHOOSE, "invalid_choice": _NOT_LISTED},
    forms.ModelMultipleChoiceField: {
        "required": _CHOOSE_SOME,
        "invalid_choice": _NOT_LISTED,
        "invalid_list": _NOT_LISTED,
        "invalid_pk_value": _NOT_LISTED,
    },
    forms.FileField: {
        "required": _("Choose a file."),
        "invalid": _NO_FILE,
        "missing": _NO_FILE,
        "empty": _("The file is empty: choose another one."),
        "max_length": ngettext_lazy(
            "The name of the file has %(length)d character, and %(max)d fit: give it a shorter name.",
            "The name of the file has %(length)d characters, and %(max)d fit: give it a shorter name.",
            "length",
        ),
        "contradiction": _("Either choose a file or tick that the old one is removed, not both."),
    },
    BaseFormSet: {
        "missing_management_form": _("The rows did not arrive whole: open the page again and fill them in."),
        "too_many_forms": ngettext_lazy(
            "There is room for %(num)d row: remove what is too much.",
            "There is room for %(num)d rows: remove what is too much.",
            "num",
        ),
        "too_few_forms": ngettext_lazy(
            "Fill in at least %(num)d row.", "Fill in at least %(num)d rows.", "num"
        ),
    },
    models.Field: {
        "invalid_choice": _NOT_LISTED,
        "null": _EMPTY,
        "blank": _EMPTY,
        "unique": _("Another entry has this value already: write a different one."),
    },
}

_OF_VALIDATORS: dict[type, Any] = {
    validators.RegexValidator: _WRONG,
    validators.URLValidator: _ADDRESS,
    validators.EmailValidator: _MAIL,
    validators.MaxValueValidator: _("%(show_value)s is too much: write at most %(limit_value)s."),
    validators.MinValueValidator: _("%(show_value)s is too little: write at least %(limit_value)s."),
    validators.StepValueValidator: _("%(show_value)s does not fit: write a multiple of %(limit_value)s."),
    validators.MaxLengthValidator: ngettext_lazy(
        "The text has %(show_value)d character, and %(limit_value)d fit: shorten it.",
        "The text has %(show_value)d characters, and %(limit_value)d fit: shorten it.",
        "show_value",
    ),
    validators.MinLengthValidator: ngettext_lazy(
        "The text has %(show_value)d character, and at least %(limit_value)d are needed.",
        "The text has %(show_value)d characters, and at least %(limit_value)d are needed.",
        "show_value",
    ),
    validators.ProhibitNullCharactersValidator: _(
        "It contains signs that cannot be kept: delete it and write it once more."
    ),
}

_OF_DECIMALS: dict[str, Any] = {
    "invalid": _NUMBER,
    "max_digits": ngettext_lazy(
        "The number is too long: write it with at most %(max)s digit.",
        "The number is too long: write it with at most %(max)s digits.",
        "max",
    ),
    "max_decimal_places": ngettext_lazy(
        "Write at most %(max)s digit after the comma.", "Write at most %(max)s digits after the comma.", "max"
    ),
    "max_whole_digits": ngettext_lazy(
        "The number is too large: write at most %(max)s digit before the comma.",
        "The number is too large: write at most %(max)s digits before the comma.",
        "max",
    ),
}


def speak() -> None:
    """Put the sentences where the framework keeps its own; fields and validators with words of their own keep them."""
    for kind, sentences in _OF_FIELDS.items():
        spoken: Any = kind
        spoken.default_error_messages = {**getattr(kind, "default_error_messages", {}), **sentences}
    for kind, sentence in _OF_VALIDATORS.items():
        checker: Any = kind
        checker.message = sentence
    validators.DecimalValidator.messages = dict(_OF_DECIMALS)
    # The empty choice of a list of rows is a default of the framework's signature, nine hyphens.
    beginning: Any = forms.ModelChoiceField.__init__
    beginning.__kwdefaults__["empty_label"] = pgettext_lazy("verb", "choose")
