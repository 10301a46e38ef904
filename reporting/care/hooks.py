"""What higher apps may want to know of decisions."""

from kernel.hooks import Hook

# Fired inside the transaction with `ids` of decisions: issued, amended, corrected, revoked, restored, rested.
decisions_changed = Hook("decisions_changed")
