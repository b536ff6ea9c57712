"""The safety rules: red signs, locks, screening and trends. Pure, and all of them are here."""
