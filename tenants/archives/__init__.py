"""A tenant in one encrypted file: its schema, files and public rows, written, read back beside the living, compared."""
