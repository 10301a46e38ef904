"""What providers' systems read."""
