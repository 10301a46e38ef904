"""Tenants, territories, organisations, partnerships and the people who belong to them."""
