"""Pages of persons, decisions and the search."""
