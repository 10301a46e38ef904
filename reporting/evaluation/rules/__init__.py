"""Pure rules of evaluation: what a month's work says of a promise, and what outcomes say of a cycle."""
