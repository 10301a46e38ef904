"""How a form shows what an action refused: at the field it names, else over the whole form."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError

from kernel.errors import Conflict, DomainError
from ui.whole_forms import WholeForm

Result = TypeVar("Result")


def show_refusal(form: forms.BaseForm, error: DomainError) -> None:
    """Put every problem of the refusal on the form.

    After a conflict the form has seen what stands now (its hidden field `seen`), so that sending it again replaces it.
    """
    if isinstance(error, Conflict) and "seen" in form.fields:
        data: Any = form.data
        data = data.copy()
        data[form.add_prefix("seen")] = error.current.get("stamp", "")
        form.data = data
    for problem in error.problems:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, ValidationError(str(problem.message), code=problem.code))


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
