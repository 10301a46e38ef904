"""Rows of a form: formsets whose errors name the row they stand in."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _


class Rows(forms.BaseFormSet):
    """A formset whose labels say the row: `Row 2: start`. Fields in `fixed` cannot be retyped in stored rows."""

    fixed: tuple[str, ...] = ()

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if "ORDER" in form.fields:
            form.fields["ORDER"].label = _("order")
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("remove")
        if index is None:
            return
        for name in self.fixed if index < self.initial_form_count() else ():
            form.fields[name].widget.attrs["readonly"] = True
        for field in form.fields.values():
            field.label = _("Row %(number)s: %(label)s") % {"number": index + 1, "label": field.label or ""}

    def filled(self) -> list[dict[str, Any]]:
        """What was typed in the rows that are not empty and not marked for removal, in their order."""
        rows = [row for row in self.forms if row.has_changed() and not row.cleaned_data.get("DELETE")]
        if self.can_order:
            rows.sort(key=lambda row: _place(row.cleaned_data.get("ORDER")))
        return [row.cleaned_data for row in rows]


def _place(order: int | None) -> tuple[bool, int]:
    return (order is None, order or 0)
