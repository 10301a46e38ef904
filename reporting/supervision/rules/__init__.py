"""Rules of supervision without Django: drawing samples, scoring documentation."""
