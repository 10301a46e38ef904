"""What contracts ask of the apps above."""

from kernel.hooks import Hook

# Fired with ids of `workers`, `today` and the list `matters` (kernel.clearing.Matter of kind "carer"): whoever needs
# the name of a worker still adds why, and whoever lets the term begin later adds until when.
workers_kept = Hook("workers_kept")
