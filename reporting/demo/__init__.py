"""A demo world of invented people on the figures of the pilots; never loaded into a real installation."""
