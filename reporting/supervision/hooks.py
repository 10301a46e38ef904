"""What higher apps may want to know of supervision."""

from kernel.hooks import Hook

# Fired inside the transaction with `month` (its first day) and `actor`, after the dossier of a contract's month was
# concluded or opened again.
dossier_moved = Hook("dossier_moved")
