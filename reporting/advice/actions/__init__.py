"""Verbs of advice."""

from reporting.advice.actions.recording import RecordedAdvice, record_advice_rows

__all__ = ["RecordedAdvice", "record_advice_rows"]
