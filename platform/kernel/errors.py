"""Refusals of the domain: raised in actions, shown once, as a page, a form error or JSON."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Sentence = str | Promise


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the field, the value as given, and a sentence with the remedy."""

    code: str
    message: Sentence
    field: str | None = None
    value: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "field": self.field, "value": self.value, "message": str(self.message)}


class DomainError(Exception):
    """A verb was refused; nothing was saved.

    `code` is stable and English; `message` is a translated sentence naming field, value and remedy.
    Several problems at once go into `problems`.
    """

    status = 422

    def __init__(
        self,
        code: str,
        message: Sentence,
        *,
        field: str | None = None,
        value: object = None,
        problems: list[Problem] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.problems = problems or [Problem(code, message, field, None if value is None else str(value))]

    def __str__(self) -> str:
        return str(self.message)


class Conflict(DomainError):
    """Somebody else changed the same thing meanwhile; `current` is what stands now."""

    status = 409

    def __init__(
        self, code: str, message: Sentence, *, current: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(code, message, **kwargs)
        self.current = current or {}


class NotAllowed(DomainError):
    """The actor may not do this; the message says why and who may."""

    status = 403


class ServerAway(DomainError):
    """A server that the verb needs is away or refuses its work; the message says what to do meanwhile."""

    status = 503


class TenantScopeMissing(RuntimeError):
    """Tenant data was asked for outside any tenant: a defect of the program, never of the user."""
