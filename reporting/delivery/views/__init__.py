"""Pages of the diary: the month grid, and files to be imported."""
