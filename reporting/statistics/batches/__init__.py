"""The batch that leaves a tenant: its canonical document, its signature, and which of its numbers are plausible."""
