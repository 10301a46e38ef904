"""What was done by whom, append-only and hash-chained; and who read personal data."""
