"""What higher apps may want to know of decisions, and what is asked of them about a person."""

from kernel.hooks import Hook

# Fired inside the transaction with `ids` of decisions: issued, amended, corrected, revoked, restored, rested.
decisions_changed = Hook("decisions_changed")

# Fired with a `person` and the list `keys`: whatever else of the person is read under a key of its own adds it there.
# Crisis intervention does not: who is helped there is told to the team of the case and to nobody else.
keys_of_person = Hook("keys_of_person")
