"""Evaluation as files: XLSX of commitments, PDF of an evaluation."""
