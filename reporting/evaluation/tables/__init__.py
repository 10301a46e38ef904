"""What pages and files of evaluation show: commitments by month, and the report of an evaluation."""
