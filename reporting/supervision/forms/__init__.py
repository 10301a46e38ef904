"""Shapes of input of supervision."""
