"""Pages of services, standards, cycles and their steps."""
