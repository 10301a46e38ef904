"""Verbs of settlement: corrections of accepted months."""

from reporting.settlement.actions.adjusting import Correction, add_adjustment, withdraw_adjustment

__all__ = ["Correction", "add_adjustment", "withdraw_adjustment"]
