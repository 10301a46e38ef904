"""From what Django's validation finds wrong to the problems of a DomainError."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, Problem


def problems_of(error: ValidationError, instance: models.Model | None = None) -> list[Problem]:
    """One problem for each message, with its field and, with an instance, the value as it stands."""
    if not hasattr(error, "error_dict"):
        return [Problem("invalid", message) for message in error.messages]
    found = []
    for field, messages in error.message_dict.items():
        known = None if field == NON_FIELD_ERRORS else field
        value: Any = getattr(instance, known, None) if known and instance is not None else None
        found += [Problem("invalid", text, known, None if value is None else str(value)) for text in messages]
    return found


def require_valid(instance: models.Model, *, exclude: Iterable[str] = ()) -> None:
    """Check fields, uniqueness and constraints of a row about to be saved.

    Raises DomainError `invalid` with all problems at once.
    """
    try:
        instance.full_clean(exclude=list(exclude))
    except ValidationError as error:
        raise DomainError(
            "invalid", _("Nothing was saved: correct what is marked."), problems=problems_of(error, instance)
        ) from error
