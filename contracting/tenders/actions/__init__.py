"""Actions of tenders."""
