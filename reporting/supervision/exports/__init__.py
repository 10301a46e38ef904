"""Supervision on paper: the protocol of an inspection as a tagged PDF."""
