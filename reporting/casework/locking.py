"""One writer at a time where there are no rows yet that could be locked."""

from kernel.locks import hold


def lock_saving(what: str) -> None:
    """Wait for whoever saves the same of this tenant, until the end of the transaction at hand."""
    hold("casework", what)
