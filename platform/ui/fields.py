"""How form fields are laid out: controls with their hints and errors, and the list of a form's problems."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString


@dataclass(frozen=True)
class FormProblem:
    """One error of a form: the id of the control it belongs to ("" for the whole form), its label and sentence."""

    target: str
    label: str
    message: str


def kind_of(field: BoundField) -> str:
    """The layout of a field: `group` (radio buttons, several checkboxes), `checkbox`, `file` or `single`."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "single"


def render_control(field: BoundField) -> SafeString:
    """The control with its class and `aria-describedby` naming first the hint, then the error."""
    widget = field.field.widget
    attrs: dict[str, Any] = {}
    described = [part for part, present in _descriptions(field) if present]
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if not isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        attrs["class"] = f"input {widget.attrs.get('class', '')}".strip()
    return field.as_widget(attrs=attrs)


def problems_of(form: forms.BaseForm) -> list[FormProblem]:
    """All errors of the form: first those of the whole form, then by field in the order of the form."""
    found = [FormProblem("", "", str(message)) for message in form.non_field_errors()]
    for field in form:
        found += [FormProblem(_target(field), str(field.label), str(message)) for message in field.errors]
    return found


def _descriptions(field: BoundField) -> list[tuple[str, bool]]:
    return [(f"{field.auto_id}_hint", bool(field.help_text)), (f"{field.auto_id}_error", bool(field.errors))]


def _target(field: BoundField) -> str:
    if field.is_hidden:
        return ""
    return f"{field.auto_id}_0" if kind_of(field) == "group" else field.auto_id
