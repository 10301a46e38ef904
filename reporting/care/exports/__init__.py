"""Documents of care."""
