"""Forms of tenders: the shape of what people type."""
