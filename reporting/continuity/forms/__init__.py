"""Shapes of input: the radar, and moving persons to another provider."""
