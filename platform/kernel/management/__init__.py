"""Commands without an app of their own."""
