"""Safety rules that several packages share: red signs, locks, trends, body regions. Pure."""
