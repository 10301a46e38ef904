"""Shapes of input of crisis intervention."""
