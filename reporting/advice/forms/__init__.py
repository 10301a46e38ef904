"""Shapes of input of advice."""
