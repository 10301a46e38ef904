"""Who acts, and what they may do and see in the tenant at hand."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True)
class Actor:
    """The one who acts, as the audit line names them. `user_id` is None for a command or the clock."""

    user_id: UUID | None
    label: str

    @classmethod
    def system(cls, label: str) -> "Actor":
        return cls(None, label)


@dataclass(frozen=True)
class Access:
    """A person's roles in one scope (tenant, region or platform), with what follows from them.

    `organisation_ids` is None where the person sees every organisation of the tenant (the social unit's people);
    for people of an NGO it is the set of their organisations, and nothing else is visible to them.
    """

    actor: Actor
    roles: frozenset[str] = field(default_factory=frozenset)
    permissions: frozenset[str] = field(default_factory=frozenset)
    organisation_ids: frozenset[UUID] | None = frozenset()
    regions: frozenset[str] = field(default_factory=frozenset)

    def may(self, permission: str) -> bool:
        """Whether one of the person's roles grants the permission."""
        return permission in self.permissions

    @property
    def is_member(self) -> bool:
        return bool(self.roles)

    @property
    def sees_all_organisations(self) -> bool:
        return self.organisation_ids is None
