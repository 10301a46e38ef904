"""Shapes of input of persons and decisions."""

from ui.durations import DurationField

__all__ = ["DurationField"]
