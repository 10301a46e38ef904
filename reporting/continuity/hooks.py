"""What others want to know of continuity."""

from kernel.hooks import Hook

# Somebody asked to move the persons of a contract to another (`pk` of the Reassignment): the background is to begin.
reassignment_asked = Hook("reassignment_asked")
