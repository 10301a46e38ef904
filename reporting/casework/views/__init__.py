"""Pages of the unit's own work."""
