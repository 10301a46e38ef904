"""Stored files, upload checks and PDF rendering."""
