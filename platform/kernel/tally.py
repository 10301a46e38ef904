"""What storing many things came to: how many were created, updated, or stood like that already."""

from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counts of one kind of thing; `changed` names the fields of those updated, by code or number."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    changed: dict[str, list[str]] = field(default_factory=dict)

    def count(self, key: str, *, is_new: bool, changed: list[str]) -> None:
        """Count one thing: new, or with the names of the fields that changed."""
        if is_new:
            self.created += 1
        elif changed:
            self.updated += 1
            self.changed[key] = changed
        else:
            self.unchanged += 1

    def as_counts(self) -> dict[str, int]:
        return {"created": self.created, "updated": self.updated, "unchanged": self.unchanged}
