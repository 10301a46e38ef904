"""Diaries: the visits that were delivered, typed in a grid or imported from a file."""
