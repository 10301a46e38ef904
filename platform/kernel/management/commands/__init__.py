"""Commands: texts, readiness, migrations over all tenants."""
