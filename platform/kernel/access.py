"""Who acts, and what they may do and see in the tenant at hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from kernel import permissions as known_permissions


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
    for people of an NGO it is the set of their organisations, and nothing else is visible to them. What a role gives
    it gives in its own organisation only: `held` says which role is held where, and the door narrows the
    organisations to those in which the person may what the page is for.
    """

    actor: Actor
    roles: frozenset[str] = field(default_factory=frozenset)
    permissions: frozenset[str] = field(default_factory=frozenset)
    organisation_ids: frozenset[UUID] | None = frozenset()
    regions: frozenset[str] = field(default_factory=frozenset)
    held: frozenset[tuple[str, UUID]] = field(default_factory=frozenset)

    def roles_in(self, organisation_id: UUID | None) -> frozenset[str]:
        """The roles that count for what belongs to this organisation."""
        if not self.held:
            return self.roles
        return frozenset(role for role, where in self.held if where == organisation_id)

    def within(self, permission: str) -> "Access":
        """The access in those of the person's organisations alone in which a role of theirs grants the permission."""
        if self.organisation_ids is None or not self.held:
            return self
        granting = frozenset(
            where for role, where in self.held if permission in known_permissions.granted_to([role])
        )
        return self if granting == self.organisation_ids else replace(self, organisation_ids=granting)

    def parts(self) -> "Iterator[Access]":
        """The access apart for each group of organisations in which the person has the same roles.

        For pages that are for many permissions at once. One part, the access itself, for nearly everybody.
        """
        groups: dict[frozenset[str], set[UUID]] = {}
        for _role, where in self.held:
            groups.setdefault(self.roles_in(where), set()).add(where)
        if len(groups) < 2:
            yield self
            return
        for roles, organisations in sorted(groups.items(), key=lambda group: sorted(group[0])):
            yield replace(
                self,
                roles=roles,
                permissions=known_permissions.granted_to(roles),
                organisation_ids=frozenset(organisations),
                held=frozenset((role, where) for role, where in self.held if where in organisations),
            )

    def may(self, permission: str) -> bool:
        """Whether one of the person's roles grants the permission."""
        return permission in self.permissions

    @property
    def is_member(self) -> bool:
        return bool(self.roles)

    @property
    def sees_all_organisations(self) -> bool:
        return self.organisation_ids is None
