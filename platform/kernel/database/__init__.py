"""The connection on which django-tenants builds (ORIGINAL_BACKEND): Django's, fit for a Citus coordinator."""
