"""Pure rules of calls: terms, contents, grants."""
