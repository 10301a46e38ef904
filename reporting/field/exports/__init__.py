"""What leaves the field on paper: monthly cards."""
