"""What pages of statistics ask the public tables."""
