"""Shapes of input of contracts, workers, drafts and amendments."""
