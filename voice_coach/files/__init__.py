"""Files: where they are, written whole or not at all, checked, and whose they are."""
