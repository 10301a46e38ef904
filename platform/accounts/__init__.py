"""People who sign in: one account each for the whole platform."""
