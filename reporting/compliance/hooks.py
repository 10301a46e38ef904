"""What higher apps may want to know of the close of months."""

from kernel.hooks import Hook

# Fired inside the transaction with `month` (its first day) and `actor`, after a contract's month was accepted
# or its acceptance taken back.
approval_changed = Hook("approval_changed")

# Fired inside the transaction with `row` (the ContractMonth as it is now) and `verb` (submit_month, return_month,
# accept_month, reopen_month).
month_moved = Hook("month_moved")

# Somebody asked to accept many months (`pk` of the BulkAcceptance): the background is to begin.
bulk_acceptance_asked = Hook("bulk_acceptance_asked")

# Fired inside the transaction with `contract` and `month` (a Month), its row held, before its acceptance is taken back:
# whoever builds on what was accepted refuses with a DomainError.
month_reopening = Hook("month_reopening")
