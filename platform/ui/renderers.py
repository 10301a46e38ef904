"""How forms are drawn: no control cuts what is typed or pasted, the server counts and says what is too long."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates


class WholeTextField(BoundField):
    """A control without a limit of its own: a text cut silently is lost, one that is refused can be shortened."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        return {**built, "maxlength": False, "minlength": False}


class HouseRenderer(DjangoTemplates):
    """Draws the fields of every form as above."""

    bound_field_class = WholeTextField
