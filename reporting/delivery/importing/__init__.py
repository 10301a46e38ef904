"""A diary file against the database: checked row by row, inserted all at once, worked on in the background."""
