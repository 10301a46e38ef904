"""What higher apps may want to know of the close of months."""

from kernel.hooks import Hook

# Fired inside the transaction with `month` (its first day) and `actor`, after a contract's month was accepted
# or its acceptance taken back.
approval_changed = Hook("approval_changed")

# Somebody asked to accept many months (`pk` of the BulkAcceptance): the background is to begin.
bulk_acceptance_asked = Hook("bulk_acceptance_asked")
