"""What the pages of months show: calendars, points to answer, ledgers; shaped for templates, nothing saved."""
