"""Questions of crisis intervention to the database."""
