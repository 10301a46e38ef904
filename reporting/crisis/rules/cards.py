"""What each card and plan asks for: codes of its fields in their order; the first must be filled."""

# The sources name the documents and what they are for (S-127); the fields follow the steps of the intervention that
# they describe: what happened, state, safety, resources, what was done, what was agreed.
FIELDS: dict[str, tuple[str, ...]] = {
    "first_contact": ("event", "state", "safety", "resources", "actions", "agreed"),
    "continuation": ("course", "change", "actions", "agreed"),
    "help_plan": ("goals", "steps", "institutions", "review"),
    "work_plan": ("strategy", "sessions", "team", "review"),
}
MOST_LETTERS = 8000
