"""Monthly facts that tenants push, and what the region sees of them."""
