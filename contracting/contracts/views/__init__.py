"""Pages of contracts and workers."""
