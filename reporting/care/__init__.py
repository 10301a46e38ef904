"""Persons, decisions, plans of visits and suspensions: what was granted."""
