"""Permission names: each app registers its own with the roles that hold it; an unknown name fails at start."""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.errors import Sentence

_ROLES_BY_PERMISSION: dict[str, frozenset[str]] = {}
_PERSONAL_DATA: set[str] = set()


class UnknownPermission(LookupError):
    """A view or template names a permission that no app has registered."""


def register(name: str, *, roles: Iterable[str], personal_data: bool = False) -> str:
    """Make a permission known and give it to roles; returns the name, to be kept in a constant.

    `personal_data` marks permissions that show persons: whoever holds one must have a second factor.
    """
    _ROLES_BY_PERMISSION[name] = frozenset(roles)
    if personal_data:
        _PERSONAL_DATA.add(name)
    return name


def check_known(name: str) -> str:
    if name not in _ROLES_BY_PERMISSION:
        raise UnknownPermission(f"permission {name!r} is registered by no app")
    return name


def known() -> dict[str, frozenset[str]]:
    """All permissions with their roles."""
    return dict(_ROLES_BY_PERMISSION)


def granted_to(roles: Iterable[str]) -> frozenset[str]:
    """The permissions that these roles hold together."""
    held = frozenset(roles)
    return frozenset(name for name, holders in _ROLES_BY_PERMISSION.items() if holders & held)


def shows_personal_data(permissions: Iterable[str]) -> bool:
    return not _PERSONAL_DATA.isdisjoint(permissions)


@dataclass(frozen=True)
class Verdict:
    """A yes or no that can explain itself: truthy or falsy, with the sentence to show."""

    allowed: bool
    reason: Sentence = ""

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Verdict(True)


def denied(reason: Sentence) -> Verdict:
    return Verdict(False, reason)
