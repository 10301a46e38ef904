"""What people type into supervision: texts that must not be empty, and how much of a name is kept."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError

NAME_LENGTH = 150


def require_text(text: str, field: str) -> str:
    """What was typed, without blanks around it. Raises DomainError `text_missing` where nothing was."""
    typed = text.strip()
    if not typed:
        raise DomainError("text_missing", _("Write it: the other side reads it and acts on it."), field=field)
    return typed
