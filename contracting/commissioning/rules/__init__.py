"""Pure rules of commissioning, without Django: codes, gaps, and what follows from numbers."""
