"""Contracts with providers, their prices, caps and named staff; and the providers' workers."""
