"""Retention: how long data of persons are kept by class, what is past its term, and taking names off by a protocol."""
