"""Servers and processes of one machine: what `make run` and `make test` start, watch and stop."""
