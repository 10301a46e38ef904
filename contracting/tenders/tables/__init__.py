"""Rows of pages and exports of tenders, ready to be shown."""
