"""Reading what pages and rules of tenders need, in few statements."""
