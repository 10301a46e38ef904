"""The verbs of statistics: agree to send, send, receive, and look at what is doubtful."""
