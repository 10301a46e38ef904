"""Shapes of input of commissioning, one module for each kind of page."""
