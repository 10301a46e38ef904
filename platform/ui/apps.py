"""The design system: base pages, components, charts, and how numbers and dates are written."""

from typing import Any

from django import forms
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What a field that was left empty says, unless it has words of its own.
_LEFT_EMPTY: dict[type[forms.Field], Any] = {
    forms.Field: _("Fill in this field."),
    forms.ChoiceField: _("Choose one of the answers."),
    forms.MultipleChoiceField: _("Choose at least one answer."),
    forms.ModelChoiceField: _("Choose one of the answers."),
    forms.ModelMultipleChoiceField: _("Choose at least one answer."),
    forms.BooleanField: _("Tick this box to go on."),
    forms.FileField: _("Choose a file."),
}


class UiConfig(AppConfig):
    name = "ui"
    label = "ui"

    def ready(self) -> None:
        # No form lets the browser speak (all are `novalidate`): the sentence of an empty field is the server's.
        for kind, sentence in _LEFT_EMPTY.items():
            kind.default_error_messages = {**kind.default_error_messages, "required": sentence}
