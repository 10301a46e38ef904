"""From the need to the signed contract."""
