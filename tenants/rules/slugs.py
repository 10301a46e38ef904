"""Addresses of tenants: their form, and the words that the platform keeps for itself."""

SLUG_PATTERN = r"^[a-z][a-z0-9-]{1,48}[a-z0-9]$"
# First path segments that are not tenants; the architecture test keeps this equal to config.urls.
RESERVED_SLUGS = frozenset(
    {
        "account",
        "accounts",
        "api",
        "health",
        "home",
        "me",
        "invitation",
        "language",
        "operator",
        "outbox",
        "region",
        "static",
        "ui",
        "favicon",
        "robots",
        "public",
        "tenants",
        "help",
        "about",
    }
)
