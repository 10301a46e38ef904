"""The pure rules of settlement: what was accepted of each visit, what it costs, and what a person pays."""
