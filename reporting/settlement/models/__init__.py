"""Corrections of accepted months, settlements of contracts' months, and what persons pay."""

from reporting.settlement.models.adjustments import AcceptedLine, Adjustment

__all__ = ["AcceptedLine", "Adjustment"]
