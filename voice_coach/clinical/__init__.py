"""Safety rules that several packages share: red signs, locks, trends, places of pain. Pure."""
