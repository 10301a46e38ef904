"""Views of continuity."""
