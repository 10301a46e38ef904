"""Calls, sealed offers, the committee and its scores (step 5 of the cycle)."""
