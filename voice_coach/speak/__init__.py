"""From lines and earcons to speaker blocks."""
