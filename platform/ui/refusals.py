"""How a form shows what an action refused: at the field it names, else over the whole form."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.choices import flatten_choices
from django.utils.html import escape
from django.utils.translation import gettext, pgettext

from kernel.errors import Conflict, DomainError
from ui.whole_forms import WholeForm

Result = TypeVar("Result")


def show_refusal(form: forms.BaseForm, error: DomainError) -> None:
    """Put every problem of the refusal on the form.

    After a conflict the form has seen what stands now (its hidden field `seen`), so that sending it again replaces it.
    """
    if isinstance(error, Conflict) and "seen" in form.fields:
        # Another conflict leaves what was seen as it is.
        if "stamp" in error.current:
            data: Any = form.data
            data = data.copy()
            data[form.add_prefix("seen")] = error.current["stamp"]
            form.data = data
        _tell_what_stands(form)
    for problem in error.problems:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, ValidationError(str(problem.message), code=problem.code))


def _tell_what_stands(form: forms.BaseForm) -> None:
    """Say at every field that was typed otherwise what is saved now: what its form began with in this request."""
    for bound in form:
        if bound.is_hidden or bound.name not in form.initial:
            continue
        stands = form.get_initial_for_field(bound.field, bound.name)
        if bound.field.has_changed(stands, bound.data):
            said = gettext("Saved now: %(value)s") % {"value": _in_words(bound.field, stands)}
            # The page reads the bound field, which took its hint over when it was made.
            bound.field.help_text = bound.help_text = " ".join(
                filter(None, [str(bound.field.help_text), escape(said)])
            )


def _in_words(field: Any, value: Any) -> str:
    """A saved value as its control would show it; a choice by its words."""
    prepared = field.prepare_value(value)
    if isinstance(field, forms.BooleanField):
        return gettext("yes") if prepared else gettext("no")
    if prepared in (None, "", [], ()):
        return pgettext("saved value", "nothing")
    if isinstance(field.widget, forms.Select | forms.CheckboxSelectMultiple):
        chosen = {str(one) for one in (prepared if isinstance(prepared, list | tuple) else [prepared])}
        offered: list[tuple[Any, Any]] = list(flatten_choices(field.widget.choices))
        return ", ".join(str(label) for key, label in offered if str(key) in chosen)
    return str(field.widget.format_value(prepared))


def attempt(form: forms.BaseForm, verb: Callable[[], Result]) -> Result | None:
    """Run an action; None where it was refused, and then the form says why and nothing typed is lost."""
    try:
        return verb()
    except DomainError as error:
        show_refusal(form, error)
        return None


def status_of(form: forms.BaseForm | WholeForm) -> int:
    """The status of a page that shows the form: 409 after a conflict, 422 with errors, else 200."""
    head = form.form if isinstance(form, WholeForm) else form
    if not head.is_bound or not form.errors:
        return 200
    codes = {item.code for errors in head.errors.as_data().values() for item in errors}
    return Conflict.status if "changed_meanwhile" in codes else DomainError.status
