"""Advice in bulk: rows held against what is stored, and written at once."""

from reporting.advice.importing.checking import CheckedAdvice, NewAdvice, Scope, check_rows
from reporting.advice.importing.inserting import insert_advice, write_table

__all__ = ["CheckedAdvice", "NewAdvice", "Scope", "check_rows", "insert_advice", "write_table"]
