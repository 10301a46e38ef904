"""Pages of the monthly comparison, and the start page."""
