"""Webhooks on their way: whom it is safe to call, the call itself, and what becomes of it."""
