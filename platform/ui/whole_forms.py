"""A form together with its rows, seen as one form: one summary of errors for the page."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField


class WholeForm:
    """What `<c-form-errors>` needs of a form, over a form and the formsets of its rows."""

    def __init__(self, form: forms.BaseForm, *rows: forms.BaseFormSet) -> None:
        self.form = form
        self.rows = rows

    @property
    def fields(self) -> dict[str, forms.Field]:
        return self.form.fields

    @property
    def errors(self) -> bool:
        """Whether anything is wrong anywhere."""
        parts: list[Any] = [self.form, *self.rows]
        return any(part.is_bound and not part.is_valid() for part in parts)

    def is_valid(self) -> bool:
        return not self.errors

    def non_field_errors(self) -> list[str]:
        found = [str(message) for message in self.form.non_field_errors()]
        for formset in self.rows:
            found += [str(message) for message in formset.non_form_errors()]
            found += [str(message) for row in formset for message in row.non_field_errors()]
        return found

    def __iter__(self) -> Iterator[BoundField]:
        yield from self.form
        for formset in self.rows:
            for row in formset:
                yield from row
