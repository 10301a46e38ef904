"""Files that leave tenders, the same bytes for the same data."""
