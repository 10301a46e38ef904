"""Pure rules of contracts and workers."""
