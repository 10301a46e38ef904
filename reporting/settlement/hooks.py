"""What higher apps may want to know of corrections of accepted months."""

from kernel.hooks import Hook

# Fired inside the transaction with `contract`, `month` (a Month that is accepted, its row held) and `actor`, before the
# audit line, when a correction says otherwise than the diary which visits were held: a late visit was added, corrected
# or withdrawn, or a visit was found not to have been held.
visits_held_changed = Hook("visits_held_changed")
