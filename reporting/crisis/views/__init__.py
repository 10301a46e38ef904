"""Pages of crisis intervention."""
