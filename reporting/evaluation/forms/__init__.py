"""Shapes of input of evaluation."""
