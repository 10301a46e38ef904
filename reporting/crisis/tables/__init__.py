"""Shapes of output of crisis intervention."""
