"""What programs ask: each view declares its scope, refuses everybody without a token, and answers in JSON."""
